//! The electrical model of a shelf and its Modbus front ends.
