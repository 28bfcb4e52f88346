module wasip1.invalid/advisor

go 1.21
