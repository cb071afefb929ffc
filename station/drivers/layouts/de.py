from station.drivers.layouts.table import layout

DE = layout(
    plain=("^1234567890ß´", "qwertzuiopü+", "asdfghjklöä#", "<yxcvbnm,.-"),
    shifted=('°!"§$%&/()=?`', "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ'", ">YXCVBNM;:_"),
    altgr=("       {[]}\\ ", "@ €        ~", "            ", "|          "),
    dead="^´`",
    point=",",
)
