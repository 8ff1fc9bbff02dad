//! The twin against what the sources say of the devices, and against the steady-state model.

mod support;

mod agreement;
mod conventional;
mod hpr;
mod modified;
mod pack;
mod property;
