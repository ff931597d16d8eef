"""How many windows fit along one side of an image.

The side has `size` cells, and `padding` more are put at either end of it. A window is `kernel`
cells wide. The first one begins at the first cell, each next one `stride` cells further, and all of
a window must lie on cells. What is left over at the end, too short for a window, is not used.

5 cells have 3 windows of 3 cells: they begin at cell 0, 1 and 2. With a stride of 2 there are 2.
"""


def output_size(size, kernel, stride=1, padding=0):
    """Return the number of windows, an integer."""
    # <solution>
    padded = size + 2 * padding
    return (padded - kernel) // stride + 1
    # </solution>
