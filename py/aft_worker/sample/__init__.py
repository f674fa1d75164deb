"""Sampling behind one interface: prompts with ids and sample indices in, candidates out as they finish.

What is sampled is a function of (seed, prompt id, sample index) and the weights, whichever engine samples.
Who asks, and over which wire, is not known here.
"""

from .collected import CollectedJob, collect
from .dealing import DealtSampler
from .sampler import SampleJob, Sampler, SampleRequest
from .transformers_sampler import TransformersSampler
from .vllm_check import check_logprobs
from .vllm_engine import KeptEngine, StoredWeights
from .vllm_machine import VllmSettings
from .vllm_process import failed as vllm_failed
from .vllm_ranks import FollowingVllm, LeadingVllm
from .vllm_sampler import Check, VllmSampler
