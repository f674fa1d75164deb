"""The machine: which device and number type a name stands for, what is there, and how fast it is."""

from .machine import describe_machine, forget_unused, free_bytes
from .precision import like, sizes_of, wide, wide_device
from .selection import DtypeName, dtype_name, resolve_device, resolve_dtype
from .speed import measure_speed
