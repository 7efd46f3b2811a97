// #[repr(C)] struct Quote { bid: u32, sizes: [u16; 4] }
# [automatically_derived] unsafe impl :: fusewire :: kernel :: Data for Quote {
    const LAYOUT : :: fusewire :: kernel :: Layout = :: fusewire :: kernel :: Layout :: Struct {
        name : "Quote" , size : :: core :: mem :: size_of :: < Quote > () , align : :: core :: mem :: align_of :: < Quote > () , fields : & [:: fusewire :: kernel :: Field {
            name : "bid" , offset : :: core :: mem :: offset_of ! (Quote , bid) , layout : & < u32 as :: fusewire :: kernel :: tree :: IsData > :: LAYOUT ,
        }
        , :: fusewire :: kernel :: Field {
            name : "sizes" , offset : :: core :: mem :: offset_of ! (Quote , sizes) , layout : & < [u16 ;
            4] as :: fusewire :: kernel :: tree :: IsData > :: LAYOUT ,
        }]
        ,
    }
    ;
}
