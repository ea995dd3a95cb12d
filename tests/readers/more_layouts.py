"""Further exports in the layouts of instruments; see `layouts`. Each writes one or more (frequency, impedance)."""

import numpy as np


def autolab(sweeps, *, comment=""):
    """NOVA, separated by semicolons: one table below the other, each with a remark above it."""
    names = ["Index", "Frequency (Hz)", "Z' (Ω)", "-Z'' (Ω)", "Z (Ω)", "-Phase (°)", "Time (s)"]
    lines = []
    for frequency, impedance in sweeps:
        lines += [comment, ";".join(names)]
        for k, (f, z) in enumerate(zip(frequency, impedance, strict=True), 1):
            values = (f, z.real, -z.imag, abs(z), -np.degrees(np.angle(z)), 1.5 * k)
            lines.append(";".join([str(k), *(f"{v:.9g}" for v in values)]))
    return "\n".join(lines) + "\n"


def thales(frequency, impedance, *, comment=""):
    """Zahner Thales text: settings, then modulus and phase."""
    names = ("Number", "Frequency/Hz", "Impedance/Ohm", "Phase/deg", "Significance", "Time/s")
    rows = [
        "  ".join(f"{v:.9g}" for v in (k, f, abs(z), np.degrees(np.angle(z)), 0.998, 1.5 * k))
        for k, (f, z) in enumerate(zip(frequency, impedance, strict=True))
    ]
    head = [f"Comment.......: {comment}", "Potential.....: 0.000V, Ampl: 10mV", ""]
    return "\n".join([*head, "  ".join(names), *rows]) + "\n"


def versastudio(frequency, impedance, *, comment="", current=1e-6):
    """VersaStudio ``.par``: sections, one segment of potentiostatic impedance."""
    names = (
        "Segment #, Point #, E(V), I(A), Elapsed Time(s), Current Range, Status, E Applied(V), Frequency(Hz),"
        " E Real, E Imag, I Real, I Imag, Z Real, Z Imag, Z2 Real, Z2 Imag, ActionId, AC Amplitude, 0"
    )
    rows = []
    for k, (f, z) in enumerate(zip(frequency, impedance, strict=True)):
        e = z * current
        parts = f"{e.real:.9g},{e.imag:.9g},{current:g},0,{z.real:.9g},{z.imag:.9g}"
        rows.append(f"0,{k},3.1,1E-9,{k},5,53,0,{f:.9g},{parts},0,0,21,0.01")
    sections = [
        "<Application>\nName=VersaStudio\nVersion=2.61.2.0\n</Application>",
        "<Instrument>\nType=VersaSTAT3\nModel=F\nSN=00000\nOptions=FRA\n</Instrument>",
        f"<Action0>\nWorking Electrode Area (cm2)=1\nName=Common\nComment={comment}\n</Action0>",
        "<Action1>\nPotential (V),Value=0\nAmplitude (mV RMS)=10\nName=Potentiostatic EIS\n</Action1>",
        f"<Segment1>\nType=2\nVersion=3\nDefinition={names}",
    ]
    return "\n".join([*sections, *rows, "</Segment1>"]) + "\n"


def relaxis(sweeps, *, comment=""):
    """RelaxIS 3: spectra below each other, by rising frequency."""
    names = ["Data: Frequency", "Data: Z'", "Data: Z''", "Data: |Z|", "Data: Theta (Z)"]
    lines = [["RelaxIS 3.0 Spectrum export"], ["Date: 12/16/2025 2:29:15 PM"]]
    for frequency, impedance in sweeps:
        lines += [names, ["DC=0, AC=0.01", "Model: Unassigned Spectra", comment, "", ""]]
        for f, z in list(zip(frequency, impedance, strict=True))[::-1]:
            lines.append([f"{v:.9g}" for v in (f, z.real, z.imag, abs(z), np.degrees(np.angle(z)))])
    return "\n".join("\t".join(line) for line in lines) + "\n"


def squidstat(sweeps, *, comment=""):
    """Squidstat: impedance among the rows of other steps; the comment is the name of a step."""
    names = (
        "Step number,Step name,Elapsed Time (s),Working Electrode (V),Current (A),Frequency (Hz),|Z| (Ohms),"
        "Phase (deg),Z' (Ohms),-Z\" (Ohms),DC Working Electrode (V)"
    )
    lines = [names]
    for step, (frequency, impedance) in enumerate(sweeps):
        lines += [f"{2 * step + 1},{comment.replace(',', ';')},{k},0.25,1e-9,,,,,," for k in range(2)]
        for k, (f, z) in enumerate(zip(frequency, impedance, strict=True)):
            values = (f, abs(z), np.degrees(np.angle(z)), z.real, -z.imag)
            lines.append(f"{2 * step + 2},Potentiostatic EIS,{k},,,{','.join(f'{v:.9g}' for v in values)},0.25")
    return "\n".join(lines) + "\n"
