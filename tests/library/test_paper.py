"""The published numbers, against what the paper prints."""

import math

import numpy as np
import pandas as pd
import pytest

from anionx_teach import paper

NAN = math.nan


def test_batches_are_those_of_the_paper():
    names = [
        "label", "edge_length_nm", "sd_nm", "long_edge_nm", "long_sd_nm", "pl_before_nm",
        "pl_after_nm", "incubation_s", "dispersity_percent",
    ]  # fmt: skip
    printed = [
        ("5.1 nm", 5.1, 0.6, NAN, NAN, 486.0, 622.0, 393.0, 11.8),
        ("6.1 nm", 6.1, 0.8, NAN, NAN, NAN, NAN, 380.0, 13.1),
        ("7.8 nm", 7.8, 1.2, NAN, NAN, NAN, NAN, 393.0, 15.4),
        ("9.5 nm", 9.5, 1.5, NAN, NAN, NAN, NAN, 773.0, 15.8),
        ("13.1 nm", 13.1, 2.0, 15.8, 3.2, 516.0, 661.0, 891.0, 15.3),
    ]
    pd.testing.assert_frame_equal(paper.batches(), pd.DataFrame(printed, columns=names))


def test_printed_dispersities_are_sd_over_mean():
    table = paper.batches()
    ratio = 100 * table["sd_nm"] / table["edge_length_nm"]
    np.testing.assert_array_equal(ratio.round(1), table["dispersity_percent"])


def test_switching_times_are_the_four_printed_means():
    names = ["edge_length_nm", "concentration_um", "mean_s", "sd_s"]
    printed = [
        (5.1, 5.0, 135.6, 37.3),
        (5.1, 50.0, 18.1, 9.4),
        (13.1, 5.0, 14.1, 8.1),
        (13.1, 50.0, 2.7, 1.8),
    ]
    pd.testing.assert_frame_equal(paper.switching_times(), pd.DataFrame(printed, columns=names))


def test_slopes_of_switching_time_against_concentration():
    table = paper.switching_times()
    for edge_length_nm, slope in ((5.1, -0.875), (13.1, -0.718)):
        rows = table[table["edge_length_nm"] == edge_length_nm]
        steps = np.diff(np.log(rows[["concentration_um", "mean_s"]]), axis=0)[0]
        assert steps[1] / steps[0] == pytest.approx(slope, abs=5e-4)


def test_every_number_has_its_place():
    table = paper.numbers()
    assert len(table) == 139
    assert table.index.to_list() == [f"paper_numbers-{i:03d}" for i in range(1, 140)]
    assert table.columns.to_list() == [
        "quantity", "value", "unit", "uncertainty", "conditions", "location", "evidence", "note",
    ]  # fmt: skip
    assert table[["quantity", "value", "unit", "location"]].notna().all(axis=None)
    assert set(table["evidence"]) == {"paper text"}
    assert table["location"].str.match(r"(Results|Experimental|Fig\.|Equation)").all()


def test_one_number_is_a_float_and_anything_else_its_text():
    value = paper.numbers()["value"]
    assert value["paper_numbers-066"] == 50.0
    assert value["paper_numbers-042"] == ">250"
    assert value["paper_numbers-057"] == "590 - 649"
    assert {type(cell) for cell in value} == {float, str}


def test_numbers_that_recur_agree():
    value = paper.numbers()["value"]
    assert value["paper_numbers-017"] == 315
    assert value["paper_numbers-021"] == 35
    red = [float(edge) for edge in value["paper_numbers-057"].split("-")]
    for product in ("015", "016"):  # seen in the microscope; 661 nm is not
        assert red[0] < value[f"paper_numbers-{product}"] < red[1]
    assert value["paper_numbers-019"] > red[1]
    concentrations = value.iloc[29:37].to_list()
    assert concentrations == [5, 7.5, 10, 12.5, 15, 20, 30, 50]


@pytest.mark.parametrize("table", [paper.batches, paper.switching_times, paper.numbers])
def test_a_table_may_be_edited_without_harm(table):
    before, edited = table(), table()
    edited[edited.columns[1]] = 0.0
    pd.testing.assert_frame_equal(table(), before)


def test_citation_names_authors_and_title_and_no_invented_doi():
    for name in ("Zhang", "Wu", "Wang", "Sadtler", "Size-Dependent Miscibility"):
        assert name in paper.CITATION
    assert "doi" not in paper.CITATION.lower()
