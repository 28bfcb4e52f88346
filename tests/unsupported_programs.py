"""A program that makes each call of unsupported-call's table, to see what it does on wasip1."""

from __future__ import annotations

import re
from collections.abc import Iterable

# How each call is made: an expression that is an error, or nil. `second` and `third` return the
# last of two and of three values.
_TCP = '"tcp", "192.0.2.1:80"'
_UDP = "&net.UDPAddr{IP: address, Port: 80}"
_IP = '"ip4:icmp"'
_UNIX = '&net.UnixAddr{Name: "/s", Net: "unix"}'

PROGRAMS = {
    "net.Dial": f"second(net.Dial({_TCP}))",
    "net.DialTimeout": f"second(net.DialTimeout({_TCP}, time.Second))",
    "net.DialTCP": 'second(net.DialTCP("tcp", nil, &net.TCPAddr{IP: address, Port: 80}))',
    "net.DialUDP": f'written(net.DialUDP("udp", nil, {_UDP}))',
    "net.DialIP": f"second(net.DialIP({_IP}, nil, &net.IPAddr{{IP: address}}))",
    "net.DialUnix": f'second(net.DialUnix("unix", nil, {_UNIX}))',
    "(*net.Dialer).Dial": f"second((&net.Dialer{{}}).Dial({_TCP}))",
    "(*net.Dialer).DialContext": f"second((&net.Dialer{{}}).DialContext(ctx, {_TCP}))",
    "(*net.Dialer).DialTCP": 'second((&net.Dialer{}).DialTCP(ctx, "tcp", netip.AddrPort{}, '
    'netip.MustParseAddrPort("192.0.2.1:80")))',
    "(*net.Dialer).DialUDP": 'written((&net.Dialer{}).DialUDP(ctx, "udp", netip.AddrPort{}, '
    'netip.MustParseAddrPort("192.0.2.1:80")))',
    "(*net.Dialer).DialIP": f"second((&net.Dialer{{}}).DialIP(ctx, {_IP}, netip.Addr{{}}, "
    'netip.MustParseAddr("192.0.2.1")))',
    "(*net.Dialer).DialUnix": f'second((&net.Dialer{{}}).DialUnix(ctx, "unix", nil, {_UNIX}))',
    "crypto/tls.Dial": f"second(tls.Dial({_TCP}, nil))",
    "crypto/tls.DialWithDialer": f"second(tls.DialWithDialer(&net.Dialer{{}}, {_TCP}, nil))",
    "(*crypto/tls.Dialer).Dial": f"second((&tls.Dialer{{}}).Dial({_TCP}))",
    "(*crypto/tls.Dialer).DialContext": f"second((&tls.Dialer{{}}).DialContext(ctx, {_TCP}))",
    "net/rpc.Dial": f"second(rpc.Dial({_TCP}))",
    "net/rpc.DialHTTP": f"second(rpc.DialHTTP({_TCP}))",
    "net/rpc.DialHTTPPath": f'second(rpc.DialHTTPPath({_TCP}, "/"))',
    "net/rpc/jsonrpc.Dial": f"second(jsonrpc.Dial({_TCP}))",
    "net/smtp.Dial": 'second(smtp.Dial("192.0.2.1:25"))',
    "net/smtp.SendMail": 'smtp.SendMail("192.0.2.1:25", nil, "a@b", []string{"c@d"}, nil)',
    "log/syslog.New": 'second(syslog.New(syslog.LOG_INFO, "x"))',
    "log/syslog.NewLogger": "second(syslog.NewLogger(syslog.LOG_INFO, 0))",
    "log/syslog.Dial": 'written(syslog.Dial("udp", "192.0.2.1:514", syslog.LOG_INFO, "x"))',
    "net/http.Get": 'second(http.Get("http://192.0.2.1/"))',
    "net/http.Head": 'second(http.Head("http://192.0.2.1/"))',
    "net/http.Post": 'second(http.Post("http://192.0.2.1/", "text/plain", nil))',
    "net/http.PostForm": 'second(http.PostForm("http://192.0.2.1/", nil))',
    "(*net/http.Client).Do": "second((&http.Client{}).Do(request()))",
    "(*net/http.Client).Get": 'second((&http.Client{}).Get("http://192.0.2.1/"))',
    "(*net/http.Client).Head": 'second((&http.Client{}).Head("http://192.0.2.1/"))',
    "(*net/http.Client).Post": 'second((&http.Client{}).Post("http://192.0.2.1/", "text/a", nil))',
    "(*net/http.Client).PostForm": 'second((&http.Client{}).PostForm("http://192.0.2.1/", nil))',
    "(*net/http.Transport).RoundTrip": "second((&http.Transport{}).RoundTrip(request()))",
    "net/http.DefaultTransport": "second(http.DefaultTransport.RoundTrip(request()))",
    "net.Listen": 'accepted(net.Listen("tcp", ":8080"))',
    "net.ListenTCP": 'accepted(net.ListenTCP("tcp", &net.TCPAddr{Port: 80}))',
    "net.ListenUDP": 'received(net.ListenUDP("udp", &net.UDPAddr{Port: 80}))',
    "net.ListenPacket": 'received(net.ListenPacket("udp", ":80"))',
    "net.ListenUnix": f'second(net.ListenUnix("unix", {_UNIX}))',
    "net.ListenUnixgram": 'second(net.ListenUnixgram("unixgram", &net.UnixAddr{Name: "/s", '
    'Net: "unixgram"}))',
    "net.ListenIP": f"second(net.ListenIP({_IP}, &net.IPAddr{{}}))",
    "net.ListenMulticastUDP": 'second(net.ListenMulticastUDP("udp", nil, &net.UDPAddr{IP: '
    "net.IPv4(224, 0, 0, 251), Port: 5353}))",
    "(*net.ListenConfig).Listen": 'accepted((&net.ListenConfig{}).Listen(ctx, "tcp", ":80"))',
    "(*net.ListenConfig).ListenPacket": "received((&net.ListenConfig{}).ListenPacket(ctx, "
    '"udp", ":80"))',
    "crypto/tls.Listen": 'accepted(tls.Listen("tcp", ":443", certain()))',
    "net/http.ListenAndServe": 'http.ListenAndServe(":80", nil)',
    "(*net/http.Server).ListenAndServe": '(&http.Server{Addr: ":80"}).ListenAndServe()',
    "net/http.ListenAndServeTLS": "servedTLS(func(certificate, key string) error { return "
    'http.ListenAndServeTLS(":443", certificate, key, nil) })',
    "(*net/http.Server).ListenAndServeTLS": 'servedTLS((&http.Server{Addr: ":443"})'
    ".ListenAndServeTLS)",
    "(*net.Resolver).LookupIP": 'second(resolver.LookupIP(ctx, "ip", "example.com"))',
    "(*net.Resolver).LookupNetIP": 'second(resolver.LookupNetIP(ctx, "ip", "example.com"))',
    "(*net.Resolver).LookupIPAddr": 'second(resolver.LookupIPAddr(ctx, "example.com"))',
    "net.LookupIP": 'second(net.LookupIP("example.com"))',
    "net.LookupAddr": 'second(net.LookupAddr("192.0.2.1"))',
    "(*net.Resolver).LookupAddr": 'second(resolver.LookupAddr(ctx, "192.0.2.1"))',
    "net.LookupSRV": 'third(net.LookupSRV("xmpp", "tcp", "example.com"))',
    "(*net.Resolver).LookupSRV": 'third(resolver.LookupSRV(ctx, "xmpp", "tcp", "example.com"))',
    **{
        call: expression
        for kind in ("Host", "CNAME", "MX", "NS", "TXT")
        for call, expression in (
            (f"net.Lookup{kind}", f'second(net.Lookup{kind}("example.com"))'),
            (
                f"(*net.Resolver).Lookup{kind}",
                f'second(resolver.Lookup{kind}(ctx, "example.com"))',
            ),
        )
    },
    "(*os/exec.Cmd).Run": 'exec.Command("/bin/ls").Run()',
    "(*os/exec.Cmd).Start": 'exec.Command("/bin/ls").Start()',
    "(*os/exec.Cmd).Output": 'second(exec.Command("/bin/ls").Output())',
    "(*os/exec.Cmd).CombinedOutput": 'second(exec.Command("/bin/ls").CombinedOutput())',
    "(*os/exec.Cmd).StdinPipe": 'second(exec.Command("/bin/ls").StdinPipe())',
    "(*os/exec.Cmd).StdoutPipe": 'second(exec.Command("/bin/ls").StdoutPipe())',
    "(*os/exec.Cmd).StderrPipe": 'second(exec.Command("/bin/ls").StderrPipe())',
    "os/exec.LookPath": 'second(exec.LookPath("ls"))',
    "os.StartProcess": 'second(os.StartProcess("/bin/ls", nil, &os.ProcAttr{}))',
    "syscall.StartProcess": 'third(syscall.StartProcess("/bin/ls", nil, nil))',
    "(*os.Process).Wait": "second(process().Wait())",
    "syscall.Wait4": "second(syscall.Wait4(1, nil, 0, nil))",
    "(*net/http/cgi.Handler).ServeHTTP": "served(&cgi.Handler{Path: `/bin/ls`, Stderr: os.Stdout})",
    "os.Pipe": "third(os.Pipe())",
    "syscall.Pipe": "syscall.Pipe(make([]int, 2))",
    "syscall.Socket": "second(syscall.Socket(0, 0, 0))",
    "syscall.Bind": "syscall.Bind(0, nil)",
    "syscall.Listen": "syscall.Listen(0, 0)",
    "syscall.Connect": "syscall.Connect(0, nil)",
    "os/signal.Notify": "notified()",
    "os/signal.NotifyContext": "notifiedContext()",
    "plugin.Open": 'second(plugin.Open("/x.so"))',
}

# What the expressions use, each with the packages that it needs beside those that it names.
_HELPERS = {
    "second": "func second[T any](_ T, err error) error { return err }",
    "third": "func third[T, U any](_ T, _ U, err error) error { return err }",
    "ctx": "var ctx = context.Background()",
    "address": "var address = net.IPv4(192, 0, 2, 1)",
    "resolver": "var resolver = &net.Resolver{}",
    "written": """func written[T io.Writer](to T, err error) error {
	if err == nil {
		_, err = to.Write([]byte("x"))
	}
	return err
}""",
    "accepted": """func accepted[T net.Listener](l T, err error) error {
	if err == nil {
		_, err = l.Accept()
	}
	return err
}""",
    "received": """func received[T net.PacketConn](c T, err error) error {
	if err == nil {
		_, _, err = c.ReadFrom(make([]byte, 9))
	}
	return err
}""",
    "request": """func request() *http.Request {
	made, _ := http.NewRequest("GET", "http://192.0.2.1/", nil)
	return made
}""",
    "served": """func served(h http.Handler) error {
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, request())
	return fmt.Errorf("status %d", recorder.Code)
}""",
    "process": """func process() *os.Process {
	found, _ := os.FindProcess(1)
	return found
}""",
    "certain": """func certain() *tls.Config {
	return &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		return nil, nil
	}}
}""",
    "servedTLS": """func servedTLS(serve func(string, string) error) error {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, _ := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	secret, _ := x509.MarshalECPrivateKey(key)
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	os.WriteFile("/d/certificate", certificate, 0o600)
	private := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret})
	os.WriteFile("/d/key", private, 0o600)
	return serve("/d/certificate", "/d/key")
}""",
    "notified": """func notified() error {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	<-c
	return nil
}""",
    "notifiedContext": """func notifiedContext() error {
	c, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	<-c.Done()
	return nil
}""",
}
_PACKAGES = {
    path.rpartition("/")[2]: path
    for path in (
        *("context", "crypto/ecdsa", "crypto/elliptic", "crypto/rand", "crypto/tls", "crypto/x509"),
        *("encoding/pem", "fmt", "io", "log/syslog", "math/big", "net", "net/http", "net/http/cgi"),
        *("net/http/httptest", "net/netip", "net/rpc", "net/rpc/jsonrpc", "net/smtp", "os"),
        *("os/exec", "os/signal", "plugin", "syscall", "time"),
    )
}


def program(calls: Iterable[str]) -> str:
    """A program that makes the call that its argument names, and prints what came of it."""
    lines = [f"\t{_quoted(call)}: func() error {{ return {PROGRAMS[call]} }}," for call in calls]
    text = "\n".join(
        [
            "var calls = map[string]func() error{",
            *lines,
            "}",
            "",
            'func main() { fmt.Printf("= %v\\n", calls[os.Args[1]]()) }',
            "",
        ]
    )
    used: dict[str, str] = {}
    while more := {n: t for n, t in _HELPERS.items() if n not in used and _uses(text, n)}:
        used |= more
        text += "\n".join(["", *more.values(), ""])
    named = sorted(path for name, path in _PACKAGES.items() if re.search(rf"\b{name}\.", text))
    listed = "\n".join(f'\t"{path}"' for path in named)
    return f"package main\n\nimport (\n{listed}\n)\n\n{text}"


def _uses(text: str, name: str) -> bool:
    return bool(re.search(rf"(?<![\w.]){name}\b", text))


def _quoted(text: str) -> str:
    return f'"{text}"'
