package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// ratesClient asks the rates service, the upstream, for prices.
type ratesClient struct {
	config *settings
	http   *http.Client
}

// labDialer resolves names at the lab's own name server when there is one.
func labDialer() *net.Dialer {
	dialer := &net.Dialer{Timeout: 2 * time.Second}
	if server := os.Getenv("LAB_DNS"); server != "" {
		dialer.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "udp", server)
		}}
	}
	return dialer
}

func trusted() *tls.Config {
	pool := x509.NewCertPool()
	if pem, err := os.ReadFile(os.Getenv("LAB_CA")); err == nil {
		pool.AppendCertsFromPEM(pem)
	}
	return &tls.Config{RootCAs: pool}
}

func newRatesClient(config *settings) *ratesClient {
	transport := &http.Transport{DialContext: labDialer().DialContext, TLSClientConfig: trusted(),
		MaxIdleConnsPerHost: 8, IdleConnTimeout: 30 * time.Second}
	return &ratesClient{config: config, http: &http.Client{Transport: transport}}
}

// get calls the rates service; the caller closes the body.
func (c *ratesClient) get(ctx context.Context, path string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.config.text("upstream_url")+path, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+env("LAB_TOKEN", "lab-token"))
	return c.http.Do(request)
}

func (c *ratesClient) price(ctx context.Context, lane string) (float64, error) {
	began := time.Now()
	timeout := time.Duration(c.config.number("upstream_timeout_ms")) * time.Millisecond
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	price, err := c.fetchRate(ctx, lane)
	upstreamSeconds.WithLabelValues("rates").Observe(time.Since(began).Seconds())
	outcome := "ok"
	if err != nil {
		outcome = "error"
		err = fmt.Errorf("rates: %w", err)
	}
	upstreamCalls.WithLabelValues("rates", outcome).Inc()
	return price, err
}

func (c *ratesClient) fetchRate(ctx context.Context, lane string) (float64, error) {
	response, err := c.get(ctx, "/rates?lane="+strings.ReplaceAll(lane, " ", "+"))
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("unexpected answer %s", response.Status)
	}
	var answer struct{ Price float64 }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return 0, fmt.Errorf("decode answer: %w", err)
	}
	return answer.Price, nil
}
