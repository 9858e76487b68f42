package api

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

// Swagger UI, so that the document can be read and tried offline.
//
//go:embed swagger
var swagger embed.FS

// mountDocs serves the OpenAPI document and a page to try it.
func (s Services) mountDocs(r *gin.Engine, doc *huma.OpenAPI) error {
	text, err := json.Marshal(doc)
	if err != nil {
		return fmt.Errorf("api: document: %w", err)
	}
	sum := sha256.Sum256(text)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	shown(r, "/openapi.json", func(c *gin.Context) {
		c.Header("ETag", tag)
		c.Header("Cache-Control", "no-cache")
		if c.GetHeader("If-None-Match") == tag {
			c.Status(http.StatusNotModified)
			return
		}
		c.Data(http.StatusOK, "application/vnd.oai.openapi+json;version=3.1", text)
	})
	files, err := fs.Sub(swagger, "swagger")
	if err != nil {
		return fmt.Errorf("api: swagger: %w", err)
	}
	pages := http.StripPrefix("/docs", http.FileServerFS(files))
	show := func(c *gin.Context) {
		c.Header("Content-Security-Policy", "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'")
		c.Header("Cache-Control", "public, max-age=3600")
		pages.ServeHTTP(c.Writer, c.Request)
	}
	shown(r, "/docs", func(c *gin.Context) { c.Redirect(http.StatusMovedPermanently, "/docs/") })
	shown(r, "/docs/*file", show)
	return nil
}
