//! The image: every register of a device as typed values.

use proc_macro2::TokenStream;
use quote::quote;

use super::names::{self, Names};
use super::{CodegenError, doc, types};
use crate::maps::model::RegisterMap;

/// `Image` with `read` and `write`.
pub(super) fn image(map: &RegisterMap, names: &Names) -> Result<TokenStream, CodegenError> {
    let mut fields = TokenStream::new();
    let mut reads = TokenStream::new();
    let mut writes = TokenStream::new();
    for register in &map.registers {
        let field = names::field(register)?;
        let name = names.type_of(register)?;
        let value = types::outer_type(register, names)?;
        let text = doc(&register.description);
        fields.extend(quote! { #[doc = #text] pub #field: Option<#value>, });
        reads.extend(quote! { #field: register::read::<reg::#name>(words), });
        writes.extend(quote! { register::write::<reg::#name>(self.#field.as_ref(), words)?; });
    }
    Ok(quote! {
        /// Every register of a device. `None` is a value that was not read or is not available.
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct Image { #fields }
        impl Image {
            /// Reads what `words` holds.
            pub fn read(words: &impl register::Words) -> Self { Self { #reads } }
            /// Writes every value into `words`; `None` becomes the register's not-available value, or
            /// leaves the words alone if it has none.
            ///
            /// # Errors
            /// [`register::EncodeError`] for the first value that does not fit its register, or if
            /// `words` lacks an address.
            pub fn write(&self, words: &mut impl register::WordsMut) -> Result<(), register::EncodeError> {
                #writes
                Ok(())
            }
        }
    })
}
