"""One thread: the models of these tests are too small to be shared out, and sums depend on how they are split."""

import torch

torch.set_num_threads(1)
