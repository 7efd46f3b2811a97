// just(4).map(double).then(on(compute)).try_map(price)
{
    const __FILE : & str = :: core :: file ! () ;
    const __DEFINED0 : [:: fusewire :: __private :: Defined ;
    2usize] = {
        # [allow (non_camel_case_types , unused , reason = "stand in for functions that are no stages")] mod __names {
            pub type double = :: fusewire :: __private :: NoStage ;
            pub type price = :: fusewire :: __private :: NoStage ;
        }
        # [allow (unused_imports , reason = "used if the inner scope has no such type")] use __names :: * ;
        {
            # [allow (unused_imports , reason = "used if it has such a type")] use self :: * ;
            [:: fusewire :: __private :: defined :: < double > () , :: fusewire :: __private :: defined :: < price > ()]
        }
    }
    ;
    static __FUSEWIRE_GRAPH : :: fusewire :: __private :: GraphDesc = :: fusewire :: __private :: GraphDesc {
        name : "fuse!" , file : __FILE , line : 0u32 , stages : & [:: fusewire :: __private :: StageDesc {
            name : "4" , combinator : "just" , kind : :: fusewire :: __private :: StageKind :: Source , file : __FILE , line : 0u32 , column : 0u32 , defined : :: core :: option :: Option :: None , segment : 0u16 , arm : & [] , arms : 0u8 ,
        }
        , :: fusewire :: __private :: StageDesc {
            name : "double" , combinator : "map" , kind : :: fusewire :: __private :: StageKind :: Map , file : __FILE , line : 0u32 , column : 0u32 , defined : __DEFINED0 [0usize] , segment : 0u16 , arm : & [] , arms : 0u8 ,
        }
        , :: fusewire :: __private :: StageDesc {
            name : "compute" , combinator : "then" , kind : :: fusewire :: __private :: StageKind :: Hop , file : __FILE , line : 0u32 , column : 0u32 , defined : :: core :: option :: Option :: None , segment : 0u16 , arm : & [] , arms : 0u8 ,
        }
        , :: fusewire :: __private :: StageDesc {
            name : "price" , combinator : "try_map" , kind : :: fusewire :: __private :: StageKind :: Map , file : __FILE , line : 0u32 , column : 0u32 , defined : __DEFINED0 [1usize] , segment : 1u16 , arm : & [] , arms : 0u8 ,
        }]
        , segments : & [:: fusewire :: __private :: SegmentDesc {
            context : "source" , lane : 0u16 , first : 0u16 , last : 2u16
        }
        , :: fusewire :: __private :: SegmentDesc {
            context : "compute" , lane : 1u16 , first : 3u16 , last : 3u16
        }]
        , hops : & [:: fusewire :: __private :: HopDesc {
            stage : 2u16 , from : 0u16 , to : 1u16 , context : "compute" , file : __FILE , line : 0u32 , column : 0u32 , elided : :: core :: option :: Option :: None ,
        }]
        , states : & ["idle" , "on its way to compute"] ,
    }
    ;
    let __source0 = just (4) ;
    let __tag0 = :: fusewire :: __private :: source_tag (& __source0) ;
    let (__stage1 , __tag1) = :: fusewire :: __private :: map (__tag0 , double) ;
    let __stages0 = (__stage1 ,) ;
    let (__stage2 , __tag2) = :: fusewire :: __private :: hop (__tag1 , on (compute)) ;
    let (__stage3 , __tag3) = :: fusewire :: __private :: try_map (__tag2 , price) ;
    {
        # [allow (unused_imports , reason = "used for a host")] use :: fusewire :: __private :: OnHost as _ ;
        :: fusewire :: __private :: HostOnly (& __stage2) . check () ;
    }
    let __stages1 = (__stage3 ,) ;
    {
        # [allow (non_camel_case_types , unused , reason = "stand in for functions that are no stages")] mod __names {
            pub type price = :: fusewire :: __private :: NoStage ;
        }
        # [allow (unused_imports , reason = "used if the inner scope has no such type")] use __names :: * ;
        {
            # [allow (unused_imports , reason = "used if it has such a type")] use self :: * ;
            :: fusewire :: __private :: runs_on (& __stage2 , :: core :: marker :: PhantomData :: < price >) ;
        }
    }
    let __segment0 = :: fusewire :: __private :: straight (__tag0 , & __stages0 , # [inline (always)] move | __p , __v | {
        let __g = :: fusewire :: __private :: Guard :: new (& __FUSEWIRE_GRAPH , 1usize) ;
        let __v = (__p . 0) (__v) ;
        :: core :: mem :: forget (__g) ;
        __v
    })
    ;
    let (__segment1 , __rest1) = :: fusewire :: __private :: segment (__tag2 , & __stages1 , # [inline (always)] move | __p , __v | {
        let __g = :: fusewire :: __private :: Guard :: new (& __FUSEWIRE_GRAPH , 3usize) ;
        let __v = (__p . 0) (__v) ;
        :: core :: mem :: forget (__g) ;
        let __v = match __v {
            :: core :: result :: Result :: Ok (__v) => __v , :: core :: result :: Result :: Err (__e) => {
                return :: fusewire :: __private :: fail (& __tag3 , __e)
            }
            ,
        }
        ;
        :: fusewire :: __private :: next (& __tag3 , __v)
    }
    , :: fusewire :: __private :: no_rest) ;
    :: fusewire :: __private :: fused (& __FUSEWIRE_GRAPH , (__source0 , __stages0 , __stage2 , __stages1 ,) , :: fusewire :: __private :: state :: < :: fusewire :: __private :: States1 < _ > , :: fusewire :: __private :: Travelling > () , # [allow (unused_variables , unused_mut , clippy :: all , reason = "not every machine waits")] # [inline (always)] move | __parts , mut __state , __entry : & :: fusewire :: __private :: Entry < '_ , :: fusewire :: __private :: Travelling > | {
        let __at = __state . at (__entry) ;
        let __arrived1 = if __at <= 0u32 {
            :: core :: option :: Option :: Some ({ let __x = match :: fusewire :: __private :: take_ready (& mut __parts . 0) {
                :: fusewire :: __private :: Step :: Go (__v) => {
                    let __v = match __v {
                        :: core :: result :: Result :: Ok (__v) => __v , :: core :: result :: Result :: Err (__e) => return {
                            let __e = :: fusewire :: __private :: turn (& __tag3 , __e) ;
                            :: fusewire :: __private :: failed (__e)
                        }
                        ,
                    }
                    ;
                    __segment0 (& mut __parts . 1 , __v)
                }
                :: fusewire :: __private :: Step :: Leave (__left) => return __left ,
            }
            ;
            match __state . as_mut () . cross_1 (:: fusewire :: __private :: Crossing :: new (__x) , :: fusewire :: __private :: scheduler_context (& __parts . 2) , __entry ,) {
                :: core :: option :: Option :: Some (__v) => __v , :: core :: option :: Option :: None => return :: fusewire :: __private :: Started :: Later ,
            }
        })
    }
    else if __at == 1u32 {
        :: core :: option :: Option :: Some (match __state . as_mut () . crossed_1 (__entry) {
            :: fusewire :: __private :: Step :: Go (__r) => __r , :: fusewire :: __private :: Step :: Leave (__left) => return __left ,
        })
    }
    else {
        :: core :: option :: Option :: None
    }
    ;
    match __arrived1 {
        :: core :: option :: Option :: Some (__v) => match match __segment1 (& mut __parts . 3 , __v) {
            :: fusewire :: __private :: Flow :: Next (__v) => __v , :: fusewire :: __private :: Flow :: Skip => return :: fusewire :: __private :: filtered () , :: fusewire :: __private :: Flow :: End => return :: fusewire :: __private :: ended () , :: fusewire :: __private :: Flow :: Fail (__e) => return {
                :: fusewire :: __private :: failed (__e)
            }
            ,
        }
        {
            __v => return :: fusewire :: __private :: completed (__v)
        }
        , :: core :: option :: Option :: None => :: fusewire :: __private :: lost () ,
    }
}
, # [allow (unused_variables , clippy :: all , reason = "not every graph hops")] move | __parts , __launch : & mut :: fusewire :: __private :: Launch < '_ > , __tell | {
    let (__source0 , __stages0 , __joint0 , __stages1 ,) = __parts ;
    let __context0 = :: fusewire :: __private :: home (& __source0 , __launch) ;
    let __context1 = :: fusewire :: __private :: context_of (& __joint0 , __launch) ;
    let (__sender0 , __receiver0) = :: fusewire :: __private :: edge (__launch , 0usize , __tag1 , & __joint0 , __context0 , __context1) ? ;
    :: fusewire :: __private :: lane (__launch , __context1 , :: fusewire :: __private :: Line :: new (:: fusewire :: __private :: EdgeInput :: new (__receiver0) , :: fusewire :: __private :: SegmentTail :: new (__stages1 , __segment1 , __rest1 , :: fusewire :: __private :: EndTail , move | __e | {
        __tell . report (__e)
    })))
    ;
    :: fusewire :: __private :: lane (__launch , __context0 , :: fusewire :: __private :: Line :: new (:: fusewire :: __private :: SourceInput :: new (__source0 , move | __e | {
        let __e = :: fusewire :: __private :: turn (& __tag3 , __e) ;
        __tell . report (__e)
    })
    , :: fusewire :: __private :: StraightTail :: new (__stages0 , __segment0 , :: fusewire :: __private :: PushTail :: new (__sender0)))) ;
    :: core :: result :: Result :: Ok (())
}
, # [allow (unused_variables , clippy :: all , reason = "not every graph hops")] move | __parts , __drawing | {
    let (__source0 , _ , __joint0 , _ ,) = __parts ;
    __drawing . lane (:: fusewire :: __private :: Source :: home (__source0) . as_ref () , & [0u16]) ;
    __drawing . lane (:: core :: option :: Option :: Some (:: fusewire :: __private :: scheduler_context (__joint0)) , & [1u16]) ;
    __drawing . hop (0usize , __tag1 , __joint0) ;
    __drawing . source (0usize , __source0) ;
})
}
