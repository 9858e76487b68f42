package app_test

import (
	"os"
	"testing"

	"dandelion/internal/apitest"
)

func TestMain(m *testing.M) { os.Exit(apitest.Main(m)) }
