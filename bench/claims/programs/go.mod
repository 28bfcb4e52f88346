// Programs that show one thing each; bench/claims measures them beside the examples.
module example.com/claims

go 1.25
