"""Surveys at the edge: XLSForm in and out, results on paper, the jobs that part answers from people."""
