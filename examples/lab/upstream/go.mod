module example.org/lab/upstream

go 1.26.0

require (
	github.com/alicebob/miniredis/v2 v2.40.0
	golang.org/x/net v0.62.0
)

require github.com/yuin/gopher-lua v1.1.1 // indirect
