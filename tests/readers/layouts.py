"""Exports in the layouts of instruments, written from frequency and impedance.

Each function returns the text of a file with LF line ends; `encoded` makes bytes of it. They
follow the layouts that the readers' docstrings specify, with the header lines that matter.
"""

import codecs

import numpy as np

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")
LINE_ENDS = ("\n", "\r\n", "\r", "\r\r\n")


def encoded(text, encoding="utf-8", newline="\n"):
    """Encode a text; ``utf-16`` carries a byte order mark, ``utf-16-le`` and ``-be`` do not."""
    if encoding == "utf-16":
        return codecs.BOM_UTF16_LE + text.replace("\n", newline).encode("utf-16-le")
    return text.replace("\n", newline).encode(encoding)


def in_locale(text, decimal):
    """Write the numbers of a text with another decimal mark."""
    return text if decimal == "." else text.replace(".", decimal)


def gamry(frequency, impedance, *, area_cm2=1.0, amplitude_mV=10.0, bias_V=0.0, comment="", decimal=".", aborted=False):
    """Gamry Framework ``.DTA``; encode as cp1252."""
    header = [
        "EXPLAIN",
        "TAG\tEISPOT",
        "TITLE\tLABEL\tPotentiostatic EIS\tTest &Identifier",
        "DATE\tLABEL\t3/14/2024\tDate",
        "TIME\tLABEL\t09:26:53\tTime",
        *([f"NOTES\tNOTES\t1\t&Notes...\n\t{comment}"] if comment else []),
        "PSTAT\tPSTAT\tREF600-00000\tPotentiostat",
        in_locale(f"VDC\tPOTEN\t{bias_V:.5E}\tT\tDC &Voltage (V)", decimal),
        in_locale(f"VAC\tQUANT\t{amplitude_mV:.5E}\tAC &Voltage (mV rms)", decimal),
        in_locale(f"AREA\tQUANT\t{area_cm2:.5E}\t&Area (cm^2)", decimal),
        "FRAMEWORKVERSION\tLABEL\t7.8.1\tFramework Version",
        f"ZCURVE\tTABLE\t{len(frequency)}",
        "\tPt\tTime\tFreq\tZreal\tZimag\tZsig\tZmod\tZphz\tIdc\tVdc\tIERange",
        "\t#\ts\tHz\tohm\tohm\tV\tohm\t°\tA\tV\t#",
    ]
    rows = [
        f"\t{k}\t{2 * k + 1}\t{f:.7g}\t{z.real:.7g}\t{z.imag:.7g}\t1\t{abs(z):.7g}\t{np.degrees(np.angle(z)):.7g}"
        f"\t1.5E-09\t{bias_V:.6g}\t8"
        for k, (f, z) in enumerate(zip(frequency, impedance, strict=True))
    ]
    tail = [
        "EXPERIMENTABORTED\tTOGGLE\tT\tExperiment Aborted",
        "FRACURVE\tTABLE\t1",
        "\tPt\tT\tV",
        "\t#\ts\tV",
        "\t0\t1\t2",
    ]
    return "\n".join([*header, *(in_locale(row, decimal) for row in rows), *(tail if aborted else [])]) + "\n"


MPT_NAMES = (
    "freq/Hz",
    "Re(Z)/Ohm",
    "-Im(Z)/Ohm",
    "|Z|/Ohm",
    "Phase(Z)/deg",
    "time/s",
    "<Ewe>/V",
    "<I>/mA",
    "cycle number",
    "I Range",
)


def biologic_mpt(sweeps, *, area="0.001 cm²", amplitude_mV=10.0, comment="", decimal=".", head=True):
    """BioLogic EC-Lab ``.mpt`` of one or more (frequency, impedance); encode as cp1252, CR LF."""
    settings = [
        "Potentio Electrochemical Impedance Spectroscopy",
        "",
        "Run on channel : 1 (SN 00000)",
        "Ewe ctrl range : min = 0.00 V, max = 5.00 V",
        "Acquisition started on : 03/14/2024 09:26:53.589",
        "Device : SP-300 (SN 0000)",
        "EC-LAB for windows v11.50 (software)",
        f"Comments : {comment}",
        in_locale(f"Electrode surface area : {area}", decimal),
        "Mode                Single sine         ",
        in_locale(f"{'E (V)':20}{0:<20.4f}", decimal),
        f"{'vs.':20}{'Eoc':20}",
        in_locale(f"{'Va (mV)':20}{amplitude_mV:<20.1f}", decimal),
        "",
    ]
    rows = [
        "\t".join(
            f"{value:.7E}"
            for value in (f, z.real, -z.imag, abs(z), np.degrees(np.angle(z)), 10.0 * k, 3.1, 1e-5, cycle)
        )
        + "\t11"
        for cycle, (frequency, impedance) in enumerate(sweeps, 1)
        for k, (f, z) in enumerate(zip(frequency, impedance, strict=True))
    ]
    top = ["EC-Lab ASCII FILE", f"Nb header lines : {len(settings) + 3}                          ", "", *settings]
    top[1] = f"Nb header lines : {len(top) + 1}                          "
    table = ["\t".join(MPT_NAMES), *(in_locale(row, decimal) for row in rows)]
    return "\n".join([*(top if head else []), *table]) + "\n"


def zplot(frequency, impedance, *, area_cm2=1.0, amplitude_mV=10.0, comment="", old=False):
    """ZPlot ``.z``, or with ``old`` the layout of ``ZPlotW Data File`` that Autolab writes too."""
    mark = "," if old else "\t"
    rows = [
        mark.join(
            [f"{f:.6E}", "1.0000E-02", "0.0000E+00", f"{k:.6E}", f"{z.real:.6E}", f"{z.imag:.6E}", "0.0", "0", "4"]
        )
        for k, (f, z) in enumerate(zip(frequency, impedance, strict=True))
    ]
    if old:
        header = [
            '"ZPlotW Data File: Version 3.2c"',
            '"Raw Data"',
            '"Sweep Frequency: Control Voltage"',
            "Date: 03-14-2024    Time: 09:26:53",
            comment or '""',
            '"Open Circuit Potential (V):  0 "',
            '"Frequency"',
            "0,3,0,1,300000,0.005",
            str(len(rows)),
            "\"  Freq(Hz)    Ampl     Bias   Time(Sec)   Z'(a)    Z''(b)    GD   Err   Range\"",
        ]
    else:
        header = [
            "ZPLOT2 ASCII",
            "  Measured Data, ZPlot:       3.2c",
            "  Experiment Type:            Sweep Frequency, Control Voltage",
            "  Date:                       03-14-2024",
            "  Time:                       09:26:53",
            "  Begin User Comments:        1",
            f"  {comment}",
            "  End User Comments:          1",
            f"    Potential-AC:             {amplitude_mV:g}",
            f"    Surface Area:             {area_cm2:g}",
            f"  Data Points:                {len(rows)}",
            "  Freq(Hz)\tAmpl\tBias\tTime(Sec)\tZ'(a)\tZ''(b)\tGD\tErr\tRange",
            "End Comments",
        ]
    return "\n".join([*header, *rows]) + "\n"


def delimited(
    frequency,
    impedance,
    *,
    names=("Frequency/Hz", "Z'/Ohm", "-Z''/Ohm"),
    mark=";",
    decimal=",",
    form=".6f",
    preamble=(),
):
    """Delimited text with the columns frequency, Re and, by its name, Im or -Im; cp1252 suits a spreadsheet's."""
    sign = -1 if names[2].startswith(("-", "−")) else 1
    rows = [
        mark.join(in_locale(format(value, form), decimal) for value in (f, z.real, sign * z.imag))
        for f, z in zip(frequency, impedance, strict=True)
    ]
    return "\n".join([*preamble, mark.join(names), *rows]) + "\n"
