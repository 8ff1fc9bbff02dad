//! Step definitions: the words of the test procedures.

mod answers;
mod ident;
mod map;
mod map_outside;
mod map_time;
mod pdu;
mod places;
mod pmbus;
mod pmbus_settings;
mod pmbus_values;
mod pmbus_write;
mod redfish;
mod redfish_model;
mod redfish_protocol;
mod redfish_write;
mod rtu;
pub(crate) mod tcp;
mod tcp_header;
mod tcp_stream;
mod writes;
mod xif;
mod xif_write;
