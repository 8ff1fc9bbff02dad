//! Step definitions: the words of the test procedures.

mod answers;
mod ident;
mod map;
mod pdu;
mod places;
mod rtu;
pub(crate) mod tcp;
mod writes;
