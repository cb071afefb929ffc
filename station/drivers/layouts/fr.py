from station.drivers.layouts.table import layout

FR = layout(
    plain=("²&é\"'(-è_çà)=", "azertyuiop^$", "qsdfghjklmù*", "<wxcvbn,;:!"),
    shifted=("~1234567890°+", "AZERTYUIOP¨£", "QSDFGHJKLM%µ", ">WXCVBN?./§"),
    altgr=("  ~#{[|`\\^@]}", "  €         ", "@           ", "|          "),
    dead="^¨",
)
