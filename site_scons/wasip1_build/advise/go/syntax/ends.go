package syntax

// exits are functions of the standard library that end the program, and run nothing deferred.
var exits = map[string]bool{
	"os.Exit": true, "syscall.Exit": true,
	"log.Fatal": true, "log.Fatalf": true, "log.Fatalln": true,
	"(*log.Logger).Fatal": true, "(*log.Logger).Fatalf": true, "(*log.Logger).Fatalln": true,
}

// unwinding are those that do not return either, and run what is deferred.
var unwinding = map[string]bool{
	"panic": true, "runtime.Goexit": true,
	"log.Panic": true, "log.Panicf": true, "log.Panicln": true,
	"(*log.Logger).Panic": true, "(*log.Logger).Panicf": true, "(*log.Logger).Panicln": true,
}

// Exits tells whether a function, by its full name, ends the program without what is deferred.
func Exits(name string) bool { return exits[name] }

// Returns tells whether what follows a call of a function, by its full name, may run.
func Returns(name string) bool { return !exits[name] && !unwinding[name] }
