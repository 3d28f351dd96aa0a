from articles.text.lines import lines_of


def test_lines_are_taken_without_their_marks():
    typed = "• Uno.\r\n\r\n - Due: 3–5 giorni\n2) Tre\n*quattro*\n–5 gradi\n\t\n•\n- "

    assert lines_of(typed) == ["Uno.", "Due: 3–5 giorni", "Tre", "*quattro*", "–5 gradi"]
