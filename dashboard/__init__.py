"""What is shown: panels, figures, ranges, findings, words, ids. Knows no Dash and no Flask."""
