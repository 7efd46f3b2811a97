// fn fee(quote: Quote, steps: &[u32]) -> u32 { let mut sum = 0; for i in 0..N { if quote.sizes[i] > 3 { sum += steps[i]; } } match sum { 0 => 1, n @ (2..=9) => half(n), _ => sum.min(7) } }
fn fee (quote : Quote , steps : & [u32]) -> u32 {
    let mut sum = 0 ;
    for i in 0 .. N {
        if quote . sizes [i] > 3 {
            sum += steps [i] ;
        }
    }
    match sum {
        0 => 1 , n @ (2 ..= 9) => half (n) , _ => sum . min (7)
    }
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
        # [allow (unused_imports , reason = "needed where a type is named twice")] use :: fusewire :: kernel :: tree :: Unprobed as _ ;
        static __FUSEWIRE_FUNCTION : :: fusewire :: kernel :: tree :: Function = :: fusewire :: kernel :: tree :: Function {
            name : "fee" , file : :: core :: file ! () , line : 0u32 , params : & [:: fusewire :: kernel :: tree :: Param {
                kind : :: fusewire :: kernel :: tree :: ParamKind :: Value , pattern : :: fusewire :: kernel :: tree :: Pattern :: Bind {
                    binding : :: fusewire :: kernel :: tree :: Binding {
                        id : 0u32 , name : "quote"
                    }
                    , mutable : false , inner : :: core :: option :: Option :: None
                }
                , layout : & :: fusewire :: kernel :: tree :: Probe :: < Quote > :: LAYOUT ,
            }
            , :: fusewire :: kernel :: tree :: Param {
                kind : :: fusewire :: kernel :: tree :: ParamKind :: Table , pattern : :: fusewire :: kernel :: tree :: Pattern :: Bind {
                    binding : :: fusewire :: kernel :: tree :: Binding {
                        id : 1u32 , name : "steps"
                    }
                    , mutable : false , inner : :: core :: option :: Option :: None ,
                }
                , layout : & :: fusewire :: kernel :: Layout :: Scalar (:: fusewire :: kernel :: Scalar :: U32) ,
            }]
            , output : & :: fusewire :: kernel :: Layout :: Scalar (:: fusewire :: kernel :: Scalar :: U32) , body : & :: fusewire :: kernel :: tree :: Expr {
                line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Block {
                    statements : & [:: fusewire :: kernel :: tree :: Statement :: Let {
                        line : 0u32 , pattern : :: fusewire :: kernel :: tree :: Pattern :: Bind {
                            binding : :: fusewire :: kernel :: tree :: Binding {
                                id : 2u32 , name : "sum"
                            }
                            , mutable : true , inner : :: core :: option :: Option :: None
                        }
                        , ty : :: core :: option :: Option :: None , value : :: core :: option :: Option :: Some (& :: fusewire :: kernel :: tree :: Expr {
                            line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Int {
                                value : 0u64 , suffix : :: core :: option :: Option :: None
                            }
                        })
                        ,
                    }
                    , :: fusewire :: kernel :: tree :: Statement :: Run (:: fusewire :: kernel :: tree :: Expr {
                        line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: For {
                            binding : :: core :: option :: Option :: Some (:: fusewire :: kernel :: tree :: Binding {
                                id : 3u32 , name : "i"
                            })
                            , from : & :: fusewire :: kernel :: tree :: Expr {
                                line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Int {
                                    value : 0u64 , suffix : :: core :: option :: Option :: None
                                }
                            }
                            , to : & :: fusewire :: kernel :: tree :: Expr {
                                line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Constant (& N)
                            }
                            , inclusive : false , reversed : false , body : & :: fusewire :: kernel :: tree :: Expr {
                                line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Block {
                                    statements : & [] , value : :: core :: option :: Option :: Some (& :: fusewire :: kernel :: tree :: Expr {
                                        line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: If {
                                            condition : & :: fusewire :: kernel :: tree :: Expr {
                                                line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Binary {
                                                    op : :: fusewire :: kernel :: tree :: Binary :: Gt , left : & :: fusewire :: kernel :: tree :: Expr {
                                                        line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Index {
                                                            value : & :: fusewire :: kernel :: tree :: Expr {
                                                                line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Field {
                                                                    value : & :: fusewire :: kernel :: tree :: Expr {
                                                                        line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Binding (:: fusewire :: kernel :: tree :: Binding {
                                                                            id : 0u32 , name : "quote"
                                                                        })
                                                                    }
                                                                    , name : "sizes"
                                                                }
                                                            }
                                                            , index : & :: fusewire :: kernel :: tree :: Expr {
                                                                line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Binding (:: fusewire :: kernel :: tree :: Binding {
                                                                    id : 3u32 , name : "i"
                                                                })
                                                            }
                                                        }
                                                    }
                                                    , right : & :: fusewire :: kernel :: tree :: Expr {
                                                        line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Int {
                                                            value : 3u64 , suffix : :: core :: option :: Option :: None
                                                        }
                                                    }
                                                    ,
                                                }
                                            }
                                            , then : & :: fusewire :: kernel :: tree :: Expr {
                                                line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Block {
                                                    statements : & [:: fusewire :: kernel :: tree :: Statement :: Run (:: fusewire :: kernel :: tree :: Expr {
                                                        line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Update {
                                                            op : :: fusewire :: kernel :: tree :: Binary :: Add , place : & :: fusewire :: kernel :: tree :: Expr {
                                                                line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Binding (:: fusewire :: kernel :: tree :: Binding {
                                                                    id : 2u32 , name : "sum"
                                                                })
                                                            }
                                                            , value : & :: fusewire :: kernel :: tree :: Expr {
                                                                line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Index {
                                                                    value : & :: fusewire :: kernel :: tree :: Expr {
                                                                        line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Binding (:: fusewire :: kernel :: tree :: Binding {
                                                                            id : 1u32 , name : "steps"
                                                                        })
                                                                    }
                                                                    , index : & :: fusewire :: kernel :: tree :: Expr {
                                                                        line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Binding (:: fusewire :: kernel :: tree :: Binding {
                                                                            id : 3u32 , name : "i"
                                                                        })
                                                                    }
                                                                }
                                                            }
                                                            ,
                                                        }
                                                    })]
                                                    , value : :: core :: option :: Option :: None
                                                }
                                            }
                                            , otherwise : :: core :: option :: Option :: None ,
                                        }
                                    })
                                }
                            }
                            ,
                        }
                    })]
                    , value : :: core :: option :: Option :: Some (& :: fusewire :: kernel :: tree :: Expr {
                        line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Match {
                            value : & :: fusewire :: kernel :: tree :: Expr {
                                line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Binding (:: fusewire :: kernel :: tree :: Binding {
                                    id : 2u32 , name : "sum"
                                })
                            }
                            , arms : & [:: fusewire :: kernel :: tree :: Arm {
                                pattern : :: fusewire :: kernel :: tree :: Pattern :: Is (& :: fusewire :: kernel :: tree :: Expr {
                                    line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Int {
                                        value : 0u64 , suffix : :: core :: option :: Option :: None
                                    }
                                })
                                , guard : :: core :: option :: Option :: None , body : :: fusewire :: kernel :: tree :: Expr {
                                    line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Int {
                                        value : 1u64 , suffix : :: core :: option :: Option :: None
                                    }
                                }
                            }
                            , :: fusewire :: kernel :: tree :: Arm {
                                pattern : :: fusewire :: kernel :: tree :: Pattern :: Bind {
                                    binding : :: fusewire :: kernel :: tree :: Binding {
                                        id : 4u32 , name : "n"
                                    }
                                    , mutable : false , inner : :: core :: option :: Option :: Some (& :: fusewire :: kernel :: tree :: Pattern :: Range {
                                        from : :: core :: option :: Option :: Some (& :: fusewire :: kernel :: tree :: Expr {
                                            line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Int {
                                                value : 2u64 , suffix : :: core :: option :: Option :: None
                                            }
                                        })
                                        , to : :: core :: option :: Option :: Some (& :: fusewire :: kernel :: tree :: Expr {
                                            line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Int {
                                                value : 9u64 , suffix : :: core :: option :: Option :: None
                                            }
                                        })
                                        , inclusive : true
                                    })
                                }
                                , guard : :: core :: option :: Option :: None , body : :: fusewire :: kernel :: tree :: Expr {
                                    line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Call {
                                        function : < half as :: fusewire :: kernel :: Described > :: function , arguments : & [:: fusewire :: kernel :: tree :: Expr {
                                            line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Binding (:: fusewire :: kernel :: tree :: Binding {
                                                id : 4u32 , name : "n"
                                            })
                                        }]
                                    }
                                }
                            }
                            , :: fusewire :: kernel :: tree :: Arm {
                                pattern : :: fusewire :: kernel :: tree :: Pattern :: Any , guard : :: core :: option :: Option :: None , body : :: fusewire :: kernel :: tree :: Expr {
                                    line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Method {
                                        name : "min" , of : :: core :: option :: Option :: None , value : & :: fusewire :: kernel :: tree :: Expr {
                                            line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Binding (:: fusewire :: kernel :: tree :: Binding {
                                                id : 2u32 , name : "sum"
                                            })
                                        }
                                        , arguments : & [:: fusewire :: kernel :: tree :: Expr {
                                            line : 0u32 , kind : :: fusewire :: kernel :: tree :: Kind :: Int {
                                                value : 7u64 , suffix : :: core :: option :: Option :: None
                                            }
                                        }]
                                        ,
                                    }
                                }
                            }]
                        }
                    })
                }
            }
            ,
        }
        ;
        & __FUSEWIRE_FUNCTION
    }
}
# [automatically_derived] # [allow (deprecated , reason = "whoever uses the stage is told")] # [diagnostic :: do_not_recommend] impl :: fusewire :: kernel :: Mapping for fee {
    type In = Quote ;
    type Out = u32 ;
    type Tables = (:: std :: sync :: Arc < [u32] > ,) ;
    # [inline (always)] fn call (tables : & Self :: Tables , value : Quote) -> u32 {
        let _ = tables ;
        fee (value , & tables . 0)
    }
    fn tables (tables : & Self :: Tables) -> :: std :: vec :: Vec < :: fusewire :: kernel :: Table > {
        let _ = tables ;
        :: std :: vec :: Vec :: from ([:: fusewire :: kernel :: Table :: new :: < < u32 as :: fusewire :: kernel :: tree :: IsData > :: Itself > (& tables . 0)])
    }
}
# [automatically_derived] # [allow (deprecated , reason = "whoever uses the stage is told")] impl fee {
    # [doc = "[`fee`](fn@fee) with its tables, as a function of its value."] # [allow (dead_code , reason = "graphs may use the kernel without it")] fn with (table0 : impl :: core :: convert :: Into < :: std :: sync :: Arc < [u32] > >) -> impl :: core :: ops :: Fn (Quote) -> u32 + :: core :: clone :: Clone + :: core :: marker :: Send + :: core :: marker :: Sync + 'static {
        let bound = Self :: bind (table0) ;
        move | value | bound . call (value)
    }
    # [doc (hidden)] # [doc = "[`fee`](fn@fee) with its tables, for hosts and for devices."] # [allow (dead_code , reason = "graphs may use the kernel without it")] fn bind (table0 : impl :: core :: convert :: Into < :: std :: sync :: Arc < [u32] > >) -> :: fusewire :: kernel :: Bound < Self > {
        :: fusewire :: kernel :: Bound :: new ((table0 . into () ,))
    }
}
const _ : :: core :: marker :: PhantomData < < Quote as :: fusewire :: kernel :: tree :: IsData > :: Itself > = :: core :: marker :: PhantomData ;
const _ : :: core :: marker :: PhantomData < < u32 as :: fusewire :: kernel :: tree :: IsData > :: Itself > = :: core :: marker :: PhantomData ;)] struct fee {
}
