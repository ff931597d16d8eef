"""What CuPy answers of NumPy's functions, and with which arguments: CuPy 14.2.0.

Its reference lists them: https://docs.cupy.dev/en/stable/reference/comparison.html. Those that
take any number of arrays, or arguments by any name, are left out. Where CuPy is installed,
elsewhere_test.py holds these tables against it.
"""

from __future__ import annotations


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


UFUNCS = _names("""
    abs absolute acos acosh add arccos arccosh arcsin arcsinh arctan arctan2 arctanh asin asinh
    atan atan2 atanh bitwise_and bitwise_count bitwise_invert bitwise_left_shift bitwise_not
    bitwise_or bitwise_right_shift bitwise_xor cbrt ceil conj conjugate copysign cos cosh
    deg2rad degrees divide divmod equal exp exp2 expm1 fabs float_power floor floor_divide fmax
    fmin fmod frexp gcd greater greater_equal heaviside hypot invert isfinite isinf isnan lcm
    ldexp left_shift less less_equal log log10 log1p log2 logaddexp logaddexp2 logical_and
    logical_not logical_or logical_xor matmul maximum minimum mod modf multiply negative
    nextafter not_equal positive pow power rad2deg radians reciprocal remainder right_shift rint
    sign signbit sin sinh sqrt square subtract tan tanh true_divide trunc
""")
"""Called with arrays and numbers, and `out` and `dtype` at most; nothing like `np.add.at`."""

AS_NUMPY = _names("""
    allclose angle append apply_over_axes argwhere around array_equal array_equiv array_repr
    array_split average bincount can_cast choose column_stack compress convolve copyto correlate
    cross cumprod cumsum cumulative_prod cumulative_sum diag diag_indices_from diagflat diagonal
    diff digitize dot dsplit dstack expand_dims fill_diagonal flatnonzero hsplit hstack imag
    inner interp isclose iscomplex iscomplexobj isneginf isposinf isreal isrealobj kron logspace
    matrix_transpose may_share_memory median moveaxis nan_to_num nancumprod nancumsum nanmedian
    ndim nonzero outer packbits permute_dims place poly polyadd polyfit polymul polysub polyval
    ptp put put_along_axis putmask ravel ravel_multi_index real real_if_close repeat resize roll
    rollaxis roots round save searchsorted select setdiff1d setxor1d shape shares_memory
    sort_complex split squeeze swapaxes tensordot tile trace transpose trapezoid tril
    tril_indices_from triu triu_indices_from unique_all unique_counts unique_inverse
    unique_values unwrap vander vdot vsplit vstack where
""")
"""Functions that take what NumPy's take."""

OWN_ARGUMENTS = {
    name: tuple(arguments.split())
    for name, _, arguments in (
        line.strip().partition(":")
        for line in """
        all: a axis out keepdims
        amax: a axis out keepdims
        amin: a axis out keepdims
        any: a axis out keepdims
        arange: start stop step dtype
        argmax: a axis dtype out keepdims
        argmin: a axis dtype out keepdims
        argpartition: a kth axis
        argsort: a axis kind
        array_str: arr max_line_width precision suppress_small
        astype: x dtype copy
        broadcast_to: array shape
        clip: a a_min a_max out
        concat: tup axis out dtype casting
        concatenate: tup axis out dtype casting
        copy: a order
        corrcoef: a y rowvar bias ddof dtype
        count_nonzero: a axis
        cov: a y rowvar bias ddof fweights aweights dtype
        delete: arr indices axis
        ediff1d: arr to_end to_begin
        empty: shape dtype order
        empty_like: prototype dtype order subok shape
        extract: condition a
        eye: N M k dtype order
        flip: a axis
        fliplr: a
        flipud: a
        full: shape fill_value dtype order
        full_like: a fill_value dtype order subok shape
        histogram: x bins range density weights
        histogram2d: x y bins range weights density
        histogramdd: sample bins range weights density
        identity: n dtype
        intersect1d: arr1 arr2 assume_unique return_indices
        isin: element test_elements assume_unique invert
        lexsort: keys
        linspace: start stop num endpoint retstep dtype axis
        max: a axis out keepdims
        mean: a axis dtype out keepdims
        min: a axis out keepdims
        nanargmax: a axis dtype out keepdims
        nanargmin: a axis dtype out keepdims
        nanmax: a axis out keepdims
        nanmean: a axis dtype out keepdims
        nanmin: a axis out keepdims
        nanprod: a axis dtype out keepdims
        nanstd: a axis dtype out ddof keepdims
        nansum: a axis dtype out keepdims
        nanvar: a axis dtype out ddof keepdims
        ones: shape dtype order
        ones_like: a dtype order subok shape
        partition: a kth axis
        percentile: a q axis out overwrite_input method keepdims interpolation
        piecewise: x condlist funclist
        prod: a axis dtype out keepdims
        quantile: a q axis out overwrite_input method keepdims interpolation
        reshape: a newshape order copy
        rot90: a k axes
        sort: a axis kind
        stack: tup axis out dtype casting
        std: a axis dtype out ddof keepdims
        sum: a axis dtype out keepdims
        take: a indices axis out
        take_along_axis: a indices axis
        tri: N M k dtype
        trim_zeros: filt trim
        union1d: arr1 arr2
        unique: ar return_index return_inverse return_counts axis equal_nan
        unpackbits: a axis bitorder
        unravel_index: indices dims order
        var: a axis dtype out ddof keepdims
        zeros: shape dtype order
        zeros_like: a dtype order subok shape
        """.strip().splitlines()
    )
}
"""Functions that take less, or by other names; in order."""
