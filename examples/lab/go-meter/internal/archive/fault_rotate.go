package archive

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"example.org/lab/meter/internal/lab"
)

// The archive is appended to and rotated all the time; it fails when the disk is full.
func init() {
	lab.Register(&lab.Feature{Name: "rotate", Cause: "healthy", Forms: "the archive job",
		Tick: func(scene *lab.Scene, _ float64) {
			if time.Now().UnixMilli()%2000 < 100 {
				rotate(scene)
			}
		}})
}

func rotate(scene *lab.Scene) {
	path := filepath.Join(os.Getenv("LAB_DATA"), "archive.log")
	if err := appendArchive(path); err != nil {
		scene.Log.Errorf("archive not written: %v", err)
		return
	}
	if info, err := os.Stat(path); err == nil && info.Size() > 200<<10 {
		_ = os.Truncate(path, 0)
	}
}

func appendArchive(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.Write(make([]byte, 4096+rand.IntN(4096)))
	return err
}
