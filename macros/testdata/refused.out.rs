// just(4).map(double).mapp(price)
{
    # [allow (unused , clippy :: all , clippy :: pedantic , reason = "the graph was refused; only types matter here")] {
        let __refused = :: core :: compile_error ! {
            "`mapp` is not a combinator of a graph\nhelp: did you mean `map`?"
        }
        ;
        if false {
            let _ = just (4) . map (double) ;
        }
        __refused
    }
}
