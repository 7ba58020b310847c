"""Loads the fine-tuned adapter. Bait: nothing here is meant to run."""

import torch

ADAPTER = torch.load("/models/adapter.pt")
