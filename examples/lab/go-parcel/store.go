package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	_ "modernc.org/sqlite" // registers the driver
)

// store keeps parcels in SQLite behind a pool of connections.
type store struct{ db *sql.DB }

const schema = `CREATE TABLE IF NOT EXISTS parcels (
	id INTEGER PRIMARY KEY, destination TEXT, price REAL, booked INTEGER, note TEXT)`

func openStore(path string, config *settings) (*store, error) {
	dsn := path + "?_pragma=journal_mode(WAL)&_pragma=busy_timeout(4000)&_pragma=synchronous(OFF)"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db.SetMaxOpenConns(int(config.number("db_pool_size")))
	db.SetMaxIdleConns(4)
	if _, err := db.Exec(schema); err != nil {
		return nil, fmt.Errorf("create tables: %w", err)
	}
	s := &store{db: db}
	return s, s.seed()
}

func (s *store) seed() error {
	for id := 1; id <= 201; id++ {
		if id == 201 {
			id = 100_000 // bookings are numbered from here on
		}
		if _, err := s.db.Exec("INSERT OR IGNORE INTO parcels VALUES (?,?,?,?,?)", id, "zone", 4.5, time.Now().Unix(), "seed"); err != nil {
			return fmt.Errorf("seed database: %w", err)
		}
	}
	return nil
}

func (s *store) insertParcel(ctx context.Context, destination string, price float64) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	result, err := s.db.ExecContext(ctx, "INSERT INTO parcels (destination, price, booked, note) VALUES (?,?,?,?)",
		destination, price, time.Now().Unix(), "booked")
	if err != nil {
		return 0, fmt.Errorf("insert parcel: %w", err)
	}
	return result.LastInsertId()
}

func (s *store) findParcel(ctx context.Context, id int) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	var destination string
	err := s.db.QueryRowContext(ctx, "SELECT destination FROM parcels WHERE id = ?", id).Scan(&destination)
	if errors.Is(err, sql.ErrNoRows) {
		return "", errNotFound
	}
	if err != nil {
		return "", fmt.Errorf("find parcel: %w", err)
	}
	return destination, nil
}

func (s *store) purge(ctx context.Context, keep int) (int64, error) {
	result, err := s.db.ExecContext(ctx, "DELETE FROM parcels WHERE id > 100000 AND id < (SELECT max(id) FROM parcels) - ?", keep)
	if err != nil {
		return 0, fmt.Errorf("purge parcels: %w", err)
	}
	return result.RowsAffected()
}
