//! Tokens as the user typed them, on one line.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// The text of `tokens`: a space where the user put one or began a line, and nowhere else.
///
/// Outside of the compiler, where tokens have no places, every two tokens are a space apart.
pub(crate) fn display(tokens: &impl ToTokens) -> String {
    let mut text = Text { out: String::new(), end: None };
    text.stream(tokens.to_token_stream());
    text.out
}

struct Text {
    out: String,
    /// Line and column behind the last token.
    end: Option<(usize, usize)>,
}

impl Text {
    fn stream(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    // A group that was parsed and printed again has one span for both delimiters.
                    let place = places(group.span());
                    self.word(open, place.map(|((line, column), _)| ((line, column), (line, column + 1))));
                    self.stream(group.stream());
                    self.word(close, place.map(|(_, (line, column))| ((line, column - 1), (line, column))));
                }
                other => self.word(&other.to_string(), places(other.span())),
            }
        }
    }

    fn word(&mut self, word: &str, place: Option<(Place, Place)>) {
        if word.is_empty() {
            return;
        }
        let apart = match (self.end, place) {
            (Some(end), Some((start, _))) => end != start,
            _ => true,
        };
        if apart && !self.out.is_empty() {
            self.out.push(' ');
        }
        self.out.push_str(word);
        self.end = place.map(|(_, end)| end);
    }
}

type Place = (usize, usize);

fn places(span: Span) -> Option<(Place, Place)> {
    if !proc_macro::is_available() {
        return None;
    }
    let span = span.unwrap();
    let (start, end) = (span.start(), span.end());
    Some(((start.line(), start.column()), (end.line(), end.column())))
}
