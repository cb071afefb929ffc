from station.drivers.layouts.table import layout

GB = layout(
    plain=("`1234567890-=", "qwertyuiop[]", "asdfghjkl;'#", "\\zxcvbnm,./"),
    shifted=('¬!"£$%^&*()_+', "QWERTYUIOP{}", "ASDFGHJKL:@~", "|ZXCVBNM<>?"),
    altgr=("|   €  {[]}\\ ", "@           ", "            ", "|          "),
)
