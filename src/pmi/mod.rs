//! The north-bound Modbus server: pass-through and the DPO block.
