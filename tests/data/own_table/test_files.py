"""Files of tables: what is read, and one clear message for what is not."""

import os

import numpy as np
import pandas as pd
import pytest

from biasvar.data.own_table.files import frame_at, stamp_of


@pytest.fixture
def read(tmp_path):
    """Return a function that writes a file and reads its table."""

    def make(content, name="a.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return frame_at(str(path), stamp_of(str(path)))

    return make


def test_separators_are_found_and_quotes_may_hold_them(read):
    assert read('"a, b",c\n1,"x, y"\n2,"z ""q"""\n').to_dict("list") == {"a, b": [1, 2], "c": ["x, y", 'z "q"']}
    assert read("a\tb,c\n1\t2\n", "a.tsv").to_dict("list") == {"a": [1], "b,c": [2]}
    assert read("a|b\n1|2\n").to_dict("list") == {"a": [1], "b": [2]}
    assert read('a,b\n1,"two\nlines"\n').to_dict("list") == {"a": [1], "b": ["two\nlines"]}


def test_semicolons_go_with_decimal_commas(read):
    assert read("a;b\n1,5;x\n-2,25;y\n").a.tolist() == [1.5, -2.25]


def test_a_mark_of_byte_order_and_windows_lines_and_blank_lines_are_no_obstacle(read):
    assert read(b"\xef\xbb\xbfa,b\r\n1, x\r\n\r\n2, y\r\n").to_dict("list") == {"a": [1, 2], "b": ["x", "y"]}


def test_holes_are_written_in_many_ways(read):
    assert read("a,b\n1,x\n?,y\nNA,\n,z\n").a.isna().tolist() == [False, True, True, True]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty; expected a header"),
        ("\n\n", "is empty; expected a header"),
        ("\na,b\n1,2\n", "begins with a blank line; expected a header"),
        ("a,b\n", "has no rows"),
        ("a\n1\n", "has one column, a; expected a target and inputs"),
        ("a,b,a\n1,2,3\n", "has several columns named a; expected a name for each"),
        ("1,2\n3,4\n", "begins with numbers; expected a first line with the columns' names"),
        ("a,b,c\n1,2,3\n1,2\n", "line 3 has 2 values, and the first line 3 names"),
        ("a,b,c\n1,2,3\n1,2,3,4\n", "line 3 has 4 values, and the first line 3 names"),
        ("a,b,c\n1,2,3,4\n1,2,3,4\n", "line 2 has 4 values, and the first line 3 names"),
        ('a,b\n1,"x, y"\n2\n', "line 3 has 1 values, and the first line 2 names"),
        ('a,b\n1,"x\n2,y\n', "cannot be read: EOF inside string starting at row 1"),
        (b"a,b\n1,caf\xe9\n", "is not UTF-8: byte 0xe9 in line 2\n  hint   iconv -f latin1 -t utf-8"),
        (b"caf\xe9,b\n1,2\n", "is not UTF-8: byte 0xe9 in line 1"),
    ],
)
def test_what_is_no_table_is_named_with_its_line(read, content, says):
    with pytest.raises(OSError, match=r"a\.csv") as error:
        read(content)
    assert says in str(error.value)


def test_arrays_are_columns(tmp_path, read):
    np.savez(tmp_path / "b.npz", x=np.arange(6.0).reshape(3, 2), y=np.arange(3))
    frame = read((tmp_path / "b.npz").read_bytes(), "a.npz")
    assert list(frame) == ["x_0", "x_1", "y"] and frame.x_1.tolist() == [1, 3, 5]
    np.savez(tmp_path / "b.npz", x=np.zeros((2, 2, 2)))
    with pytest.raises(OSError, match=r"a\.npz cannot be read: x has shape \(2, 2, 2\)"):
        read((tmp_path / "b.npz").read_bytes(), "a.npz")
    np.savez(tmp_path / "b.npz", x=np.array([{}], dtype=object))
    with pytest.raises(OSError, match="allow_pickle"):
        read((tmp_path / "b.npz").read_bytes(), "a.npz")


@pytest.mark.parametrize("name", ["a.parquet", "a.feather", "a.npz"])
def test_a_damaged_file_is_one_message(read, name):
    with pytest.raises(OSError, match=rf"{name} cannot be read: ") as error:
        read(b"no such format", name)
    assert "\n" not in str(error.value)


def test_other_formats_folders_pipes_and_nothing_are_named(tmp_path, read):
    with pytest.raises(OSError, match=r"a\.xlsx ends neither with \.csv, "):
        read("a,b\n1,2\n", "a.xlsx")
    os.mkfifo(tmp_path / "pipe.csv")
    for path, says in (
        (tmp_path, "is a folder"),
        (tmp_path / "gone.csv", "is not there"),
        (tmp_path / "pipe.csv", "pipe"),
    ):
        with pytest.raises(OSError, match=says):
            stamp_of(str(path))


def test_a_file_that_is_written_again_is_read_again(read):
    assert read("a,b\n1,2\n").a.tolist() == [1]
    assert read("a,b\n1,2\n3,4\n").a.tolist() == [1, 3]


def test_parquet_keeps_types(tmp_path):
    frame = pd.DataFrame({"a": pd.Categorical(["x", "y"]), "b": [True, False]})
    frame.to_parquet(tmp_path / "a.parquet")
    path = str(tmp_path / "a.parquet")
    assert frame_at(path, stamp_of(path)).dtypes.equals(frame.dtypes)
