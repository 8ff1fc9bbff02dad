//! The words of a whole device are as many as its map has.
use dpo_registers::generated::orv3_psu::Image;

fn main() {
    let _ = Image::decode(&[0; 109]);
    //~ mismatched types
    //~ 110
}
