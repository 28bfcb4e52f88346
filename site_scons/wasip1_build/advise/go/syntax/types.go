package syntax

import (
	"go/types"

	"wasip1.invalid/advisor/source"
)

var errors = types.Universe.Lookup("error").Type()

// IsError tells whether a type is error itself.
func IsError(of types.Type) bool { return of != nil && types.Identical(of, errors) }

// Fails tells whether values of a type are errors.
func Fails(of types.Type) bool {
	return of != nil && types.Implements(of, errors.Underlying().(*types.Interface))
}

// IsInteger tells whether a type's values are whole numbers.
func IsInteger(of types.Type) bool {
	if of == nil {
		return false
	}
	basic, ok := source.Unalias(of).Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsInteger != 0
}

// IsChannel tells whether a type is one of channels.
func IsChannel(of types.Type) bool {
	if of == nil {
		return false
	}
	_, ok := source.Unalias(of).Underlying().(*types.Chan)
	return ok
}
