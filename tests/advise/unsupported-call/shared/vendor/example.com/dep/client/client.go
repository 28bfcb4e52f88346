// Package client asks over the network.
package client

import "net"

// Client knows its server.
type Client struct{ name string }

// New makes one without connecting.
func New() *Client { return &Client{name: "dep"} }

// Name works everywhere.
func (c *Client) Name() string { return c.name }

// Ask connects.
func (c *Client) Ask(question string) bool {
	_, err := net.Dial("tcp", "192.0.2.1:80")
	return err == nil
}
