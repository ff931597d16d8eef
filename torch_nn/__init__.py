"""The PyTorch engine: `nn.Module`, autograd and `torch.optim`, fed with canonical arrays."""
