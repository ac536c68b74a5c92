package main

import (
	"log"
	"net"

	"golang.org/x/net/dns/dnsmessage"
)

// serveDNS answers every name with 127.0.0.1, or fails as the present behaviour says.
func (u *upstream) serveDNS(address string) {
	conn, err := net.ListenPacket("udp", address)
	if err != nil {
		log.Fatal(err)
	}
	buffer := make([]byte, 1500)
	for {
		n, from, err := conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		if reply := u.resolve(buffer[:n]); reply != nil {
			_, _ = conn.WriteTo(reply, from)
		}
	}
}

func (u *upstream) resolve(packet []byte) []byte {
	var query dnsmessage.Message
	if query.Unpack(packet) != nil || len(query.Questions) == 0 {
		return nil
	}
	reply := dnsmessage.Message{Header: dnsmessage.Header{ID: query.ID, Response: true, Authoritative: true}, Questions: query.Questions}
	switch u.now().DNS {
	case "nxdomain":
		reply.RCode = dnsmessage.RCodeNameError
	case "servfail":
		reply.RCode = dnsmessage.RCodeServerFailure
	case "silent":
		return nil
	default:
		if question := query.Questions[0]; question.Type == dnsmessage.TypeA {
			reply.Answers = []dnsmessage.Resource{{
				Header: dnsmessage.ResourceHeader{Name: question.Name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET, TTL: 5},
				Body:   &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}}}
		}
	}
	packed, err := reply.Pack()
	if err != nil {
		return nil
	}
	return packed
}
