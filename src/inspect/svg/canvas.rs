//! SVG elements as text.

use core::fmt::Write as _;

use super::layout::Rect;
use super::route::Path;

/// Collects the elements of one document.
#[derive(Debug, Default)]
pub(super) struct Canvas {
    body: String,
}

/// The style sheet: one palette for light pages, one for dark ones. Class names carry a prefix because a page
/// may hold several drawings and sheets of its own. `text_width` knows the font sizes.
const STYLE: &str = "\
.fw{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}
.fw-page{fill:#ffffff;stroke:#d0d7de}
.fw-lane{fill:#f6f8fa;stroke:#d8dee4}
.fw-box{fill:#ffffff;stroke:#bcc4cd}
.fw-head .fw-box{fill:#e7ecf2;stroke:none}
.fw-elided .fw-box{fill:none;stroke:#8c959f;stroke-dasharray:3 3}
.fw-tag .fw-box{fill:#ddf0ff;stroke:#54a0e0}
.fw-warned .fw-box{fill:#fff4c9;stroke:#c69026}
.fw-await .fw-box{stroke:#8250df;stroke-dasharray:5 3}
.fw-mark{fill:#57606a}
.fw-source .fw-mark{fill:#1a7f37}
.fw-work .fw-mark{fill:#6e7f93}
.fw-await .fw-mark{fill:#8250df}
.fw-shape .fw-mark{fill:#bc4c00}
.fw-end .fw-mark{fill:#bf3989}
.fw-title{font-size:13px;font-weight:600;fill:#1f2328}
.fw-name{font-size:13px;font-weight:600;fill:#1f2328}
.fw-small{font-size:11px;fill:#59636e}
.fw-tagline{font-size:11px;fill:#0a4f8f}
.fw-warned .fw-tagline{fill:#6b4a00}
.fw-remark{font-size:11px;fill:#59636e}
.fw-flow{fill:none;stroke:#8c959f;stroke-width:1.5}
.fw-hop{fill:none;stroke:#2f81c9;stroke-width:2}
.fw-back{fill:none;stroke:#9a6700;stroke-width:2;stroke-dasharray:6 4}
.fw-flow-tip{fill:#8c959f}
.fw-back-tip{fill:#9a6700}
.fw-hop-tip{fill:#2f81c9}
@media (prefers-color-scheme:dark){
.fw-page{fill:#0d1117;stroke:#30363d}
.fw-lane{fill:#151b23;stroke:#2a313a}
.fw-box{fill:#0d1117;stroke:#4a535e}
.fw-head .fw-box{fill:#242c36}
.fw-elided .fw-box{stroke:#6e7681}
.fw-tag .fw-box{fill:#0c2d4a;stroke:#2f6fab}
.fw-warned .fw-box{fill:#3b2e0a;stroke:#9e6a03}
.fw-await .fw-box{stroke:#a371f7}
.fw-source .fw-mark{fill:#3fb950}
.fw-work .fw-mark{fill:#8b98a8}
.fw-await .fw-mark{fill:#a371f7}
.fw-shape .fw-mark{fill:#f0883e}
.fw-end .fw-mark{fill:#f778ba}
.fw-title,.fw-name{fill:#e6edf3}
.fw-small,.fw-remark{fill:#9198a1}
.fw-tagline{fill:#9ccfff}
.fw-warned .fw-tagline{fill:#f0d48a}
.fw-flow{stroke:#6e7681}
.fw-hop{stroke:#4493e0}
.fw-back{stroke:#d29922}
.fw-flow-tip{fill:#6e7681}
.fw-back-tip{fill:#d29922}
.fw-hop-tip{fill:#4493e0}
}
";

impl Canvas {
    /// Begins a group with one or several classes and a tooltip.
    pub(super) fn open(&mut self, classes: &str, tooltip: &str) {
        let classes: Vec<String> = classes.split(' ').map(|class| format!("fw-{class}")).collect();
        write!(self.body, "<g class=\"{}\">", classes.join(" ")).ok();
        if !tooltip.is_empty() {
            write!(self.body, "<title>{}</title>", escaped(tooltip)).ok();
        }
        self.body.push('\n');
    }

    pub(super) fn close(&mut self) {
        self.body.push_str("</g>\n");
    }

    pub(super) fn rect(&mut self, class: &str, Rect { x, y, w, h }: Rect, round: i32) {
        writeln!(
            self.body,
            "<rect class=\"fw-{class}\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"{round}\"/>"
        )
        .ok();
    }

    pub(super) fn text(&mut self, class: &str, x: i32, y: i32, text: &str) {
        let text = escaped(text);
        writeln!(
            self.body,
            "<text class=\"fw-{class}\" x=\"{x}\" y=\"{y}\" xml:space=\"preserve\">{text}</text>"
        )
        .ok();
    }

    pub(super) fn centred(&mut self, class: &str, x: i32, y: i32, text: &str) {
        let text = escaped(text);
        writeln!(
            self.body,
            "<text class=\"fw-{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{text}</text>"
        )
        .ok();
    }

    /// A line that goes down, over and down again, with round corners and a tip.
    pub(super) fn path(&mut self, class: &str, path: &Path) {
        let ((x0, y0), (x1, y1), across) = (path.start, path.end, path.across);
        let end = y1 - 5;
        write!(self.body, "<path class=\"fw-{class}\" d=\"M{x0} {y0}").ok();
        if x0 != x1 {
            let round = 8.min((x1 - x0).abs() / 2).min(across - y0).min(end - across).max(0);
            let side = round * (x1 - x0).signum();
            write!(self.body, "V{}Q{x0} {across} {} {across}", across - round, x0 + side).ok();
            write!(self.body, "H{}Q{x1} {across} {x1} {}", x1 - side, across + round).ok();
        }
        writeln!(self.body, "V{end}\"/>").ok();
        self.tip(class, x1, y1);
    }

    /// A line with right angles at its corners, the last part of which goes down to a tip.
    pub(super) fn corners(&mut self, class: &str, corners: &[(i32, i32)]) {
        let [(x0, y0), between @ .., (x1, y1)] = corners else { return };
        write!(self.body, "<path class=\"fw-{class}\" d=\"M{x0} {y0}").ok();
        let mut before = *x0;
        for (x, y) in between {
            if *x == before {
                write!(self.body, "V{y}").ok()
            } else {
                write!(self.body, "H{x}").ok()
            };
            before = *x;
        }
        writeln!(self.body, "V{}\"/>", y1 - 5).ok();
        self.tip(class, *x1, *y1);
    }

    fn tip(&mut self, class: &str, x: i32, y: i32) {
        let (left, right, top) = (x - 4, x + 4, y - 7);
        writeln!(self.body, "<path class=\"fw-{class}-tip\" d=\"M{left} {top}H{right}L{x} {y}Z\"/>").ok();
    }

    pub(super) fn finish(self, title: &str, width: i32, height: i32) -> String {
        let (inner_width, inner_height) = (width - 1, height - 1);
        let title = escaped(title);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"fw\" role=\"img\" width=\"{width}\" \
             height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n\
             <rect class=\"fw-page\" x=\"0.5\" y=\"0.5\" width=\"{inner_width}\" height=\"{inner_height}\" \
             rx=\"12\"/>\n{}</svg>\n",
            self.body
        )
    }
}

/// XML text: markup characters as entities, characters that XML does not have as the replacement character.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}
