// fn fee(quote: Quote) -> u32 { while quote.live {} 1 }
:: core :: compile_error ! {
    "a kernel's loops are bounded\nhelp: write `for i in 0..N` and a condition inside"
}
fn fee (quote : Quote) -> u32 {
    while quote . live {
    }
    1
}
# [doc = "The stage [`fee`](fn@fee)."] # [allow (non_camel_case_types , dead_code , reason = "named like the function that it stands for")] # [derive (Debug , Clone , Copy)] # [:: fusewire :: __private :: beside (# [automatically_derived] # [allow (deprecated , reason = "whoever uses the stage is told")] impl :: fusewire :: stage :: Stage for fee {
    const NAME : & 'static str = "fee" ;
    const FILE : & 'static str = :: core :: file ! () ;
    const LINE : u32 = 0u32 ;
    type Blocking = :: fusewire :: stage :: DoesNotBlock ;
    const KERNEL : bool = true ;
}
# [automatically_derived] # [allow (deprecated , reason = "whoever uses the stage is told")] # [diagnostic :: do_not_recommend] impl :: fusewire :: kernel :: Described for fee {
    fn function () -> & 'static :: fusewire :: kernel :: tree :: Function {
        & :: fusewire :: kernel :: tree :: REFUSED
    }
}
# [automatically_derived] # [allow (deprecated , reason = "whoever uses the stage is told")] # [diagnostic :: do_not_recommend] impl :: fusewire :: kernel :: Mapping for fee {
    type In = Quote ;
    type Out = u32 ;
    type Tables = () ;
    # [inline (always)] fn call (tables : & Self :: Tables , value : Quote) -> u32 {
        let _ = tables ;
        fee (value)
    }
    fn tables (tables : & Self :: Tables) -> :: std :: vec :: Vec < :: fusewire :: kernel :: Table > {
        let _ = tables ;
        :: std :: vec :: Vec :: from ([])
    }
}
# [automatically_derived] # [allow (deprecated , reason = "whoever uses the stage is told")] impl fee {
    # [doc (hidden)] # [doc = "[`fee`](fn@fee) with its tables, for hosts and for devices."] # [allow (dead_code , reason = "graphs may use the kernel without it")] fn bind () -> :: fusewire :: kernel :: Bound < Self > {
        :: fusewire :: kernel :: Bound :: new (())
    }
}
const _ : :: core :: marker :: PhantomData < < Quote as :: fusewire :: kernel :: tree :: IsData > :: Itself > = :: core :: marker :: PhantomData ;
const _ : :: core :: marker :: PhantomData < < u32 as :: fusewire :: kernel :: tree :: IsData > :: Itself > = :: core :: marker :: PhantomData ;)] struct fee {
}
