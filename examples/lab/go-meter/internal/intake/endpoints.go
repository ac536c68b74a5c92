package intake

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"example.org/lab/meter/internal/obs"
)

type reading struct {
	meter  string
	amount int64
}

func (a *API) postReading(_ context.Context, r *http.Request) (string, error) {
	amount, _ := strconv.ParseInt(r.FormValue("amount"), 10, 64)
	select {
	case a.queue <- reading{r.FormValue("meter"), amount}:
		return "queued", nil
	default:
		return "", errQueueFull
	}
}

func (a *API) getBalance(ctx context.Context, r *http.Request) (string, error) {
	balance, err := a.ledger.Balance(ctx, r.FormValue("meter"))
	return strconv.FormatInt(balance, 10), err
}

func (a *API) getTariff(_ context.Context, r *http.Request) (string, error) {
	band := len(r.FormValue("meter")) % 3
	return fmt.Sprintf("band-%d", band), nil
}

func (a *API) getForecast(ctx context.Context, r *http.Request) (string, error) {
	zone := "zone" + r.FormValue("meter")
	if price, ok := a.prices.get(zone); ok {
		return price, nil
	}
	price, err := a.grid.Forecast(ctx, zone)
	if err != nil {
		return "", err
	}
	text := strconv.FormatFloat(price, 'f', 2, 64)
	a.prices.put(zone, text)
	return text, nil
}

// StartWorkers books readings from the queue and rolls up every half minute.
func (a *API) StartWorkers() {
	for range a.options.Workers {
		go a.bookReadings()
	}
	go a.rollUp()
}

func (a *API) bookReadings() {
	for r := range a.queue {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		if err := a.ledger.Add(ctx, r.meter, r.amount); err != nil {
			a.log.Errorf("reading of meter %s lost: %v", r.meter, err)
		}
		cancel()
		obs.Count("gridmeter_readings_booked_total")
	}
}

func (a *API) rollUp() {
	log := obs.NewLog("rollup")
	for range time.Tick(30 * time.Second) {
		began, total := time.Now(), int64(0)
		for meter := range 60 {
			if balance, err := a.ledger.Balance(context.Background(), strconv.Itoa(meter)); err == nil {
				total += balance
			}
		}
		log.Infof("rolled up 60 meters, total %d, in %s", total, time.Since(began).Round(time.Millisecond))
	}
}
