//! Pure control functions: no I/O, no clock, no allocation in the tick.
