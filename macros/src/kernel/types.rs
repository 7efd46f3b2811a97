//! Types as the user wrote them: what of them devices have.

use proc_macro2::Ident;
use syn::Type;
use syn::spanned::Spanned;

use crate::report::Report;

/// The name of `ident`, without the `r#` of a raw one.
pub(crate) fn unraw(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map_or_else(|| name.clone(), str::to_owned)
}

/// What is wrong with `ty` as a field of kernel data.
pub(crate) fn check_field(ty: &Type) -> Report {
    let mut report = Report::new();
    match ty {
        Type::Reference(reference) => report.add(
            reference.span(),
            "kernel data holds no references",
            "hold the value itself; what is shared is a table, a `&[T]` parameter of the kernel",
        ),
        Type::Tuple(tuple) => report.add(
            tuple.span(),
            "the layout of a tuple is not fixed",
            "write a struct with `#[repr(C)]` and `#[derive(kernel::Data)]`",
        ),
        other => value(other, &mut report),
    }
    report
}

/// Refuses what is known by its name not to be a value on devices.
pub(crate) fn value(ty: &Type, report: &mut Report) {
    match ty {
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else { return };
            if let Some((wrong, help)) = named(&last.ident.to_string()) {
                report.add(ty.span(), wrong, help);
            }
        }
        Type::Array(array) => value(&array.elem, report),
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|element| value(element, report)),
        Type::Paren(paren) => value(&paren.elem, report),
        Type::Group(group) => value(&group.elem, report),
        Type::Reference(reference) => report.add(
            reference.span(),
            "a kernel has no references",
            "take the value itself; a table is a `&[T]` or `&T` parameter of the kernel",
        ),
        other => report.add(
            other.span(),
            "this type does not exist on devices",
            "use integers, `f32`, `bool`, arrays or structs of them",
        ),
    }
}

fn named(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "f64" => ("devices compute `f32`, not `f64`", "use `f32`, or fixed point in an integer"),
        "u128" | "i128" => ("a 128-bit integer does not fit a device word", "use two `u64`"),
        "usize" | "isize" => ("the size of `usize` differs between devices", "use `u32` or `u64`"),
        "char" => ("devices have no `char`", "use `u32`"),
        "String" | "Vec" | "Box" | "Rc" | "Arc" | "HashMap" | "BTreeMap" | "VecDeque" => {
            ("a kernel has no heap", "use a fixed-size array: `[T; N]`")
        }
        "Option" | "Result" => {
            ("a kernel has no enums", "use a value that stands for none, or a struct with a `bool`")
        }
        _ => return None,
    })
}
