"""What users ask for by name, through the Python API: ties, masks, admittance, a limit of work."""

import json

import numpy as np
import pytest

import lipon_eis as le

F = np.logspace(6, 0, 61)
CIRCUIT = "R0-p(R1,CPE1)-CPE2"
TRUTH = {"R0": 6, "R1": 1e3, "CPE1_0": 8e-9, "CPE1_1": 0.95, "CPE2_0": 1e-6, "CPE2_1": 0.9}


def spectrum(spoil=None, seed=1):
    s = le.simulate(le.Circuit(CIRCUIT), TRUTH, F, noise=0.003, seed=seed)
    z = s.impedance.copy()
    for index, factor in (spoil or {}).items():
        z[index] *= factor
    return le.Spectrum(s.frequency, z)


def test_a_masked_outlier_has_no_influence():
    """Masked by its residual or left out by hand, the fit is the same."""
    s = spectrum({30: 1.5})
    by_request = le.fit(s, CIRCUIT, mask="outliers")
    keep = np.arange(61) != 30
    by_hand = le.fit(le.Spectrum(s.frequency[keep], s.impedance[keep]), CIRCUIT)
    assert by_request.values == pytest.approx(by_hand.values, rel=1e-9)
    assert by_request.chi2 == pytest.approx(by_hand.chi2, rel=1e-9)
    assert by_request.spectrum.masked[30]


def test_frequencies_and_bands_are_numbers_or_texts():
    for mask in (["1kHz", (10, 20)], [1000.0, "10Hz..20Hz"]):
        masked = le.fit(spectrum(), CIRCUIT, mask=mask).spectrum.masked
        assert F[masked].tolist() == pytest.approx([1000, 10**1.3, 10**1.2, 10**1.1, 10])


def test_a_batch_masks_as_its_single_fits_do_and_does_not_depend_on_its_order():
    spectra = [spectrum({20 + 5 * k: 1.3} if k % 2 else None, seed=k) for k in range(5)]
    batch = le.fit_batch(spectra, CIRCUIT, mask=["outliers", "1kHz"])
    for result, s in zip(batch.results, spectra, strict=True):
        alone = le.fit(s, CIRCUIT, mask=["outliers", "1kHz"])
        assert result.values == alone.values
        assert result.outliers == alone.outliers
    assert [[o.index for o in r.outliers] for r in batch.results] == [[], [25], [], [35], []]


def test_a_spectrum_that_is_masked_altogether_fails_alone():
    high = le.Spectrum(F[:20], spectrum().impedance[:20])
    batch = le.fit_batch([spectrum(), high], CIRCUIT, mask="9kHz..")
    assert len(batch.results) == 1
    assert batch.failures[0].message == "every point is masked: nothing to fit"
    with pytest.raises(le.CannotFit, match="every point is masked"):
        le.fit(high, CIRCUIT, mask="9kHz..")


def test_outliers_are_looked_for_in_the_circuit_that_auto_chooses():
    result = le.fit(spectrum({30: 1.3}), mask="outliers")
    assert result.circuit.name == "lipon-blocking"
    assert [o.index for o in result.outliers if o.masked] == [30]


def test_the_document_holds_every_new_field_as_plain_json():
    entry = le.fit(spectrum({30: 1.3}), CIRCUIT, tie={"CPE1_1": "CPE2_1"}, space="Y").to_dict()
    entry = json.loads(json.dumps(entry, allow_nan=False))
    assert entry["space"] == "Y"
    assert [p["tied_to"] for p in entry["parameters"]] == [None, None, None, "CPE2_1", None, None]
    assert set(entry["outliers"][0]) == {"frequency_hz", "studentised", "masked"}
    assert all(set(pair) == {"names", "correlation"} for pair in entry["correlated_pairs"])
    names = [pair["names"] for pair in entry["correlated_pairs"]]
    assert not any("CPE1_1" in pair for pair in names)  # a follower is its leader
    assert "sigma_ohm" not in entry["data"]


def test_a_tie_that_swaps_with_the_roles_still_holds():
    """The bulk is put in its place after the fit; both arcs have the tied exponent there too."""
    c = le.load_circuit("lipon-blocking-interface").circuit
    values = {"R0": 6, "R1": 5e3, "CPE1_0": 2e-10, "CPE1_1": 0.92, "R2": 50.0, "CPE2_0": 3e-9, "CPE2_1": 0.92}
    values |= {"CPE3_0": 1e-6, "CPE3_1": 0.9}
    s = le.simulate(c, values, F, noise=0.002, seed=1)
    result = le.fit(s, "lipon-blocking-interface", tie={"CPE2_1": "CPE1_1"})
    assert result.values["CPE1_1"] == result.values["CPE2_1"]
    assert result.values["R1"] == pytest.approx(5e3, rel=0.05)


@pytest.mark.parametrize(
    ("how", "error", "said"),
    [
        ({"space": "y"}, le.InvalidOption, "Z .impedance. and Y .admittance."),
        ({"max_work": 0}, le.InvalidOption, "at least 1"),
        ({"mask": "outlier"}, le.InvalidOption, "mask: "),
        ({"tie": {"R1": "R9"}}, le.UnknownParameter, "R9"),
        ({"tie": {"R1": "CPE1_1"}}, le.InvalidOption, "cannot follow"),
        ({"guess": {"CPE1_1": 1.2}}, le.InvalidOption, "CPE1_1 = 1.2 is above its upper bound 1"),
    ],
)
@pytest.mark.parametrize("circuit", [CIRCUIT, "auto"])
def test_what_cannot_be_is_refused_before_any_work(how, error, said, circuit):
    with pytest.raises(error, match=said):
        le.fit_batch([], circuit, **how)
