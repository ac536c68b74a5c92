package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log"
	"math/big"
	"net"
	"os"
	"time"
)

// Host is the name that the lab's services know the upstream by.
const Host = "rates.lab.internal"

// certificates makes an authority, writes it to path, and returns a
// configuration that shows the certificate which the present behaviour asks for.
func (u *upstream) certificates(path string) *tls.Config {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	authority := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Lab Root CA"},
		NotBefore: time.Now().AddDate(-2, 0, 0), NotAfter: time.Now().AddDate(2, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	root := sign(authority, authority, key, key)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate[0]}), 0o600); err != nil {
		log.Fatal(err)
	}
	shown := map[string]*tls.Certificate{
		"":           leaf(authority, key, Host, time.Now().AddDate(1, 0, 0)),
		"expired":    leaf(authority, key, Host, time.Now().Add(-20*time.Hour)),
		"wrong-host": leaf(authority, key, "other.lab.internal", time.Now().AddDate(1, 0, 0)),
	}
	return &tls.Config{SessionTicketsDisabled: true, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		return shown[u.now().Cert], nil
	}}
}

func leaf(authority *x509.Certificate, signer *ecdsa.PrivateKey, host string, until time.Time) *tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: host},
		DNSNames: []string{host}, NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: until}
	if host == Host {
		template.DNSNames = append(template.DNSNames, "localhost")
		template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	return sign(template, authority, key, signer)
}

func sign(template, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) *tls.Certificate {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		log.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
